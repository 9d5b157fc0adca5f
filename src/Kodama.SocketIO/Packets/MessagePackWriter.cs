using System.Text;
using System.Text.Json;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>
/// Writes packets for npm's socket.io-msgpack-parser: a map with <c>type</c>, <c>nsp</c>, <c>id</c> and, last, <c>data</c>, so that an
/// offset is what the packet ends with. JSON and attachments become one; each value has its shortest form.
/// </summary>
internal ref struct MessagePackWriter
{
    // More than arguments from clients have, and more than the platform's serializer writes by default.
    public const int MaxDepth = 256;

    private PooledBytes bytes;

    /// <summary>The packet's bytes, which the caller returns.</summary>
    /// <exception cref="ArgumentException">The arguments are no JSON array, or their placeholders do not fit the attachments.</exception>
    public static PooledBytes Write(in OutgoingPacket packet)
    {
        var writer = new MessagePackWriter();
        try
        {
            writer.WritePacket(packet);
            return writer.bytes;
        }
        catch (JsonException exception)
        {
            writer.bytes.Return();
            throw new ArgumentException(
                $"The arguments of an event must be a JSON array nested at most {MaxDepth} deep: {exception.Message}", exception);
        }
    }

    private void WritePacket(in OutgoingPacket packet)
    {
        var hasArray = packet.Type is PacketType.Event or PacketType.Ack;
        var hasData = hasArray || !packet.Json.IsEmpty;
        Byte((byte)(0x80 | 2 + (packet.AckId is null ? 0 : 1) + (hasData ? 1 : 0)));
        Text("type"u8);
        Integer((long)packet.Type);
        Text("nsp"u8);
        Text(packet.Namespace.IsEmpty ? "/"u8 : packet.Namespace.Span);
        if (packet.AckId is { } id)
        {
            Text("id"u8);
            Integer(id);
        }
        if (!hasData) return;
        Text("data"u8);
        if (hasArray) WriteArray(packet);
        else WriteJson(packet.Json.Span, packet);
    }

    private void WriteArray(in OutgoingPacket packet)
    {
        var start = bytes.Length;
        Byte(0);
        var count = 1;
        if (packet.Event is { } name) Text(Encoding.UTF8.GetBytes(name));
        else count--;
        count += packet.Payload.Kind == PayloadKind.Arguments ? WriteJson(PacketWriter.ArrayOf(packet.Payload), packet) : 1;
        if (packet.Payload.Kind == PayloadKind.Text) Text(packet.Payload.Bytes.Span);
        else if (packet.Payload.Kind == PayloadKind.Binary) Bytes(packet.Payload.Bytes.Span);
        if (!packet.Offset.IsEmpty)
        {
            count++;
            Text(packet.Offset.Span);
        }
        End(start, count, 0x90, 0xDC);
    }

    /// <summary>Writes a JSON value; of an array that is an event's or an answer's the elements alone, which are counted.</summary>
    private int WriteJson(ReadOnlySpan<byte> json, in OutgoingPacket packet)
    {
        var isInside = packet.Type is PacketType.Event or PacketType.Ack;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        var marks = new PlaceholderMarks(stackalloc PlaceholderMarks.Mark[MaxDepth + 1]);
        // Where what is open began, and how many elements it has.
        Span<(int Start, int Count)> open = stackalloc (int, int)[MaxDepth + 1];
        while (reader.Read())
        {
            var depth = reader.CurrentDepth;
            var attachment = packet.AttachmentCount > 0 ? marks.See(reader) : null;
            if (isInside && depth == 0) continue;
            switch (reader.TokenType)
            {
                case JsonTokenType.EndArray:
                    End(open[depth + 1].Start, open[depth + 1].Count, 0x90, 0xDC);
                    continue;
                case JsonTokenType.EndObject when attachment is { } number:
                    // In place of all that the object holds.
                    bytes.Length = open[depth + 1].Start;
                    if ((uint)number >= (uint)packet.AttachmentCount) throw new JsonException($"There is no attachment {number}.");
                    Bytes(packet.Attachment(number).Span);
                    continue;
                case JsonTokenType.EndObject:
                    End(open[depth + 1].Start, open[depth + 1].Count / 2, 0x80, 0xDE);
                    continue;
                case JsonTokenType.StartArray or JsonTokenType.StartObject:
                    open[depth + 1] = (bytes.Length, 0);
                    Byte(0);
                    break;
                case JsonTokenType.Number:
                    Number(reader);
                    break;
                case JsonTokenType.String or JsonTokenType.PropertyName:
                    String(reader);
                    break;
                default:
                    Byte((byte)(reader.TokenType switch { JsonTokenType.True => 0xC3, JsonTokenType.False => 0xC2, _ => 0xC0 }));
                    break;
            }
            open[depth].Count++;
        }
        return open[1].Count;
    }

    private void Number(in Utf8JsonReader reader)
    {
        Span<byte> head = stackalloc byte[MessagePackHead.MaxSize];
        if (reader.TryGetInt64(out var integer)) Integer(integer);
        else bytes.Append(head[..(reader.TryGetUInt64(out var unsigned)
            ? MessagePackHead.Unsigned(head, unsigned)
            : MessagePackHead.Float(head, reader.GetDouble()))]);
    }

    private void String(in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            Text(reader.ValueSpan);
            return;
        }
        var unescaped = default(PooledBytes);
        unescaped.EnsureCapacity(reader.ValueSpan.Length);
        JsonText.TryUnescape(reader.ValueSpan, unescaped.Room, out var size);
        Text(unescaped.Room[..size]);
        unescaped.Return();
    }

    private void Integer(long value)
    {
        Span<byte> head = stackalloc byte[MessagePackHead.MaxSize];
        bytes.Append(head[..MessagePackHead.Integer(head, value)]);
    }

    private void Text(scoped ReadOnlySpan<byte> text)
    {
        Span<byte> head = stackalloc byte[MessagePackHead.MaxSize];
        bytes.Append(head[..MessagePackHead.Text(head, text.Length)]);
        bytes.Append(text);
    }

    private void Bytes(scoped ReadOnlySpan<byte> data)
    {
        Span<byte> head = stackalloc byte[MessagePackHead.MaxSize];
        bytes.Append(head[..MessagePackHead.Bytes(head, data.Length)]);
        bytes.Append(data);
    }

    /// <summary>Puts in front of an array or map how many it holds, in one byte that was left for it, or in two or four more.</summary>
    private void End(int start, int count, int few, int many)
    {
        var (first, more) = MessagePackHead.Many(count, few, many);
        if (more > 0)
        {
            var length = bytes.Length;
            bytes.EnsureCapacity(length + more);
            bytes.Length += more;
            bytes.Span[(start + 1)..length].CopyTo(bytes.Span[(start + 1 + more)..]);
            for (var i = 0; i < more; i++) bytes.Span[start + more - i] = (byte)(count >> (8 * i));
        }
        bytes.Span[start] = first;
    }

    private void Byte(byte value) => bytes.Append([value]);
}
