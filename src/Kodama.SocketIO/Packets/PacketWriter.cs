using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Kodama.SocketIO;

/// <summary>Writes the text of packets, as node's parser does. Attachments follow as messages of their own. Thread-safe.</summary>
internal static class PacketWriter
{
    private const int LongestNameOnStack = 256;

    /// <summary>The bytes that <see cref="Write(in OutgoingPacket, Span{byte})"/> writes.</summary>
    public static int Size(in OutgoingPacket packet)
    {
        var size = 1;
        if (packet.AttachmentCount > 0) size += DecimalDigits.Count(packet.AttachmentCount) + 1;
        if (!packet.Namespace.IsEmpty) size += packet.Namespace.Length + 1;
        if (packet.AckId is { } id) size += DecimalDigits.Count(id);
        return size + (packet.Type is PacketType.Event or PacketType.Ack ? ArraySize(packet) : packet.Json.Length);
    }

    /// <summary>Writes the packet's text and returns its size.</summary>
    public static int Write(in OutgoingPacket packet, Span<byte> destination)
    {
        var output = new Output(destination);
        output.Number((int)packet.Type + (packet.AttachmentCount > 0 ? PacketType.BinaryEvent - PacketType.Event : 0));
        if (packet.AttachmentCount > 0)
        {
            output.Number(packet.AttachmentCount);
            output.Byte('-');
        }
        if (!packet.Namespace.IsEmpty)
        {
            output.Bytes(packet.Namespace.Span);
            output.Byte(',');
        }
        if (packet.AckId is { } id) output.Number(id);
        if (packet.Type is PacketType.Event or PacketType.Ack) WriteArray(packet, ref output);
        else output.Bytes(packet.Json.Span);
        return output.Written;
    }

    /// <summary>Writes the packet's text.</summary>
    public static void Write(in OutgoingPacket packet, IBufferWriter<byte> output)
    {
        var size = Size(packet);
        Write(packet, output.GetSpan(size));
        output.Advance(size);
    }

    private static int ArraySize(in OutgoingPacket packet)
    {
        var elements = 0;
        var size = 0;
        if (packet.Event is { } name)
        {
            elements++;
            size += NameSize(name);
        }
        var arguments = ArgumentsSize(packet.Payload);
        if (arguments > 0)
        {
            elements++;
            size += arguments;
        }
        if (!packet.Offset.IsEmpty)
        {
            elements++;
            size += packet.Offset.Length + 2;
        }
        return size + 2 + Math.Max(elements - 1, 0);
    }

    private static void WriteArray(in OutgoingPacket packet, ref Output output)
    {
        output.Byte('[');
        var separate = false;
        if (packet.Event is { } name)
        {
            WriteName(name, ref output);
            separate = true;
        }
        if (ArgumentsSize(packet.Payload) > 0)
        {
            if (separate) output.Byte(',');
            WriteArguments(packet.Payload, ref output);
            separate = true;
        }
        if (!packet.Offset.IsEmpty)
        {
            if (separate) output.Byte(',');
            output.Byte('"');
            output.Bytes(packet.Offset.Span);
            output.Byte('"');
        }
        output.Byte(']');
    }

    private static int ArgumentsSize(in Payload payload) => payload.Kind switch
    {
        PayloadKind.Text => JsonText.EscapedSize(payload.Bytes.Span) + 2,
        PayloadKind.Binary => SolePlaceholder.Length,
        _ => Elements(payload).Length,
    };

    private static void WriteArguments(in Payload payload, ref Output output)
    {
        switch (payload.Kind)
        {
            case PayloadKind.Text:
                output.Byte('"');
                output.Escaped(payload.Bytes.Span);
                output.Byte('"');
                break;
            case PayloadKind.Binary:
                output.Bytes(SolePlaceholder);
                break;
            default:
                output.Bytes(Elements(payload));
                break;
        }
    }

    private static ReadOnlySpan<byte> SolePlaceholder => "{\"_placeholder\":true,\"num\":0}"u8;

    /// <summary>The inside of an array of arguments, without the white space around it.</summary>
    private static ReadOnlySpan<byte> Elements(in Payload payload)
    {
        var array = payload.Bytes.Span.Trim(" \t\r\n"u8);
        if (array.Length < 2 || array[0] != (byte)'[' || array[^1] != (byte)']')
        {
            throw new ArgumentException(
                "The arguments of an event must be a JSON array: Payload.Arguments takes [1,2], not 1,2 or an object.", nameof(payload));
        }
        return array[1..^1].Trim(" \t\r\n"u8);
    }

    private static int NameSize(string name)
    {
        Span<byte> utf8 = stackalloc byte[LongestNameOnStack];
        return 2 + JsonText.EscapedSize(Encoding.UTF8.TryGetBytes(name, utf8, out var size) ? utf8[..size] : Encoding.UTF8.GetBytes(name));
    }

    private static void WriteName(string name, ref Output output)
    {
        Span<byte> utf8 = stackalloc byte[LongestNameOnStack];
        output.Byte('"');
        output.Escaped(Encoding.UTF8.TryGetBytes(name, utf8, out var size) ? utf8[..size] : Encoding.UTF8.GetBytes(name));
        output.Byte('"');
    }

    private ref struct Output(Span<byte> destination)
    {
        private readonly Span<byte> destination = destination;

        public int Written { get; private set; }

        public void Byte(char value) => destination[Written++] = (byte)value;

        public void Bytes(scoped ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(destination[Written..]);
            Written += bytes.Length;
        }

        public void Escaped(scoped ReadOnlySpan<byte> text) => Written += JsonText.Escape(text, destination[Written..]);

        public void Number(long value)
        {
            Utf8Formatter.TryFormat(value, destination[Written..], out var digits);
            Written += digits;
        }
    }
}
