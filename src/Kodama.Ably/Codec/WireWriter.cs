using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Kodama.Ably;

/// <summary>Writes JSON, as <c>JSON.stringify</c> does, or MessagePack, by the same calls. A thread uses its writers again; one within
/// another is another.</summary>
internal sealed class WireWriter : IDisposable
{
    // As deep as arguments of other doors are.
    private const int MaxDepth = 256;
    private const int MostKept = 64 * 1024;

    [ThreadStatic] private static WireWriter? cached;

    private readonly Level[] levels = new Level[MaxDepth + 2];
    private byte[] bytes = new byte[1024];
    private int length;
    private int depth;
    private WireWriter? next;

    private WireWriter()
    {
    }

    public WireFormat Format { get; private set; }

    public bool IsJson => Format == WireFormat.Json;

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, length);

    /// <summary>The same, to be written over where a hole was left.</summary>
    public Span<byte> Open => bytes.AsSpan(0, length);

    public static WireWriter Rent(WireFormat format)
    {
        var writer = cached ?? new WireWriter();
        cached = writer.next;
        (writer.length, writer.depth, writer.levels[0], writer.Format) = (0, 0, default, format);
        return writer;
    }

    public void Dispose()
    {
        if (bytes.Length > MostKept) return;
        next = cached;
        cached = this;
    }

    public WireWriter StartMap() => Start((byte)'{', isMap: true);

    public WireWriter StartArray() => Start((byte)'[', isMap: false);

    /// <summary>Ends the map or array that was begun last.</summary>
    public WireWriter End()
    {
        var (start, count, isMap) = levels[depth--];
        if (IsJson)
        {
            Put(isMap ? "}"u8 : "]"u8);
            return this;
        }
        var (first, more) = isMap ? MessagePackHead.Many(count, 0x80, 0xDE) : MessagePackHead.Many(count, 0x90, 0xDC);
        if (more > 0)
        {
            Take(more);
            bytes.AsSpan(start + 1, length - more - start - 1).CopyTo(bytes.AsSpan(start + 1 + more));
            for (var i = 0; i < more; i++) bytes[start + more - i] = (byte)(count >> (8 * i));
        }
        bytes[start] = first;
        return this;
    }

    /// <summary>The name of what is written next in a map.</summary>
    public WireWriter Name(ReadOnlySpan<byte> name)
    {
        Separate();
        PutText(name);
        if (IsJson) Put(":"u8);
        return this;
    }

    public WireWriter Text(ReadOnlySpan<byte> utf8)
    {
        Begin();
        PutText(utf8);
        return this;
    }

    public WireWriter Text(ReadOnlySpan<char> text)
    {
        byte[]? rented = null;
        Span<byte> utf8 = stackalloc byte[256];
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most > utf8.Length) utf8 = rented = ArrayPool<byte>.Shared.Rent(most);
        Text(utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    /// <summary>Bytes: in JSON a text in Base64.</summary>
    public WireWriter Bytes(ReadOnlySpan<byte> data)
    {
        Begin();
        if (!IsJson)
        {
            var head = Reserve(MessagePackHead.MaxSize);
            length += MessagePackHead.Bytes(head, data.Length);
            Put(data);
            return this;
        }
        Put("\""u8);
        Base64.EncodeToUtf8(data, Take(Base64.GetMaxEncodedToUtf8Length(data.Length)), out _, out _);
        Put("\""u8);
        return this;
    }

    public WireWriter Number(long value)
    {
        Begin();
        if (!IsJson)
        {
            length += MessagePackHead.Integer(Reserve(MessagePackHead.MaxSize), value);
            return this;
        }
        Utf8Formatter.TryFormat(value, Reserve(20), out var written);
        length += written;
        return this;
    }

    public WireWriter Number(double value)
    {
        Begin();
        if (!IsJson)
        {
            length += MessagePackHead.Float(Reserve(MessagePackHead.MaxSize), value);
            return this;
        }
        Utf8Formatter.TryFormat(value, Reserve(32), out var written);
        length += written;
        return this;
    }

    public WireWriter Flag(bool value)
    {
        Begin();
        Put(IsJson ? value ? "true"u8 : "false"u8 : value ? [0xC3] : [0xC2]);
        return this;
    }

    public WireWriter Null()
    {
        Begin();
        Put(IsJson ? "null"u8 : [0xC0]);
        return this;
    }

    /// <summary>A text of a fixed width, to be written over; answers where.</summary>
    public int Hole(int width)
    {
        Begin();
        if (IsJson) Put("\""u8);
        else length += MessagePackHead.Text(Reserve(MessagePackHead.MaxSize), width);
        var at = length;
        Take(width).Fill((byte)'0');
        if (IsJson) Put("\""u8);
        return at;
    }

    /// <summary>A number of a fixed width, 13 digits or 8 bytes, to be written over by <see cref="FillTime"/>; answers where.</summary>
    public int TimeHole()
    {
        Begin();
        if (!IsJson) Put([0xCF]);
        var at = length;
        Take(IsJson ? 13 : 8).Fill((byte)'1');
        return at;
    }

    /// <summary>Writes milliseconds over what <see cref="TimeHole"/> has left.</summary>
    public static void FillTime(Span<byte> hole, WireFormat format, long milliseconds)
    {
        if (format == WireFormat.Json) milliseconds.TryFormat(hole[..13], out _, "D13");
        else BinaryPrimitives.WriteInt64BigEndian(hole, milliseconds);
    }

    /// <summary>A value of JSON, which is valid.</summary>
    public WireWriter Json(ReadOnlySpan<byte> json)
    {
        if (IsJson)
        {
            Begin();
            Put(json);
            return this;
        }
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read()) Token(ref reader);
        return this;
    }

    /// <summary>A value of a document.</summary>
    public WireWriter Element(WireElement element)
    {
        switch (element.Kind)
        {
            case WireKind.False or WireKind.True:
                return Flag(element.Kind == WireKind.True);
            case WireKind.Integer:
                return Number(element.Integer!.Value);
            case WireKind.Float:
                return Number(element.Float);
            case WireKind.Text or WireKind.EscapedText:
                return Text(element.Utf8.Span);
            case WireKind.Bytes:
                return Bytes(element.Raw.Span);
            case WireKind.Array or WireKind.Map when element.Format == WireFormat.Json:
                return Json(element.Raw.Span);
            case WireKind.Array:
                StartArray();
                foreach (var inner in element.Elements) Element(inner);
                return End();
            case WireKind.Map:
                StartMap();
                foreach (var (name, value) in element.Members) Name(Encoding.UTF8.GetBytes(name)).Element(value);
                return End();
            default:
                return Null();
        }
    }

    private void Token(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                StartMap();
                break;
            case JsonTokenType.StartArray:
                StartArray();
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                End();
                break;
            case JsonTokenType.PropertyName when reader.ValueIsEscaped:
                Name(Encoding.UTF8.GetBytes(reader.GetString()!));
                break;
            case JsonTokenType.PropertyName:
                Name(reader.ValueSpan);
                break;
            case JsonTokenType.String when reader.ValueIsEscaped:
                Text(reader.GetString());
                break;
            case JsonTokenType.String:
                Text(reader.ValueSpan);
                break;
            case JsonTokenType.Number when reader.TryGetInt64(out var integer):
                Number(integer);
                break;
            case JsonTokenType.Number:
                Number(reader.GetDouble());
                break;
            case JsonTokenType.True or JsonTokenType.False:
                Flag(reader.TokenType == JsonTokenType.True);
                break;
            default:
                Null();
                break;
        }
    }

    private WireWriter Start(byte bracket, bool isMap)
    {
        Begin();
        levels[++depth] = new Level(length, 0, isMap);
        Take(1)[0] = bracket;
        return this;
    }

    // A value: in an array it is the next element, in a map it stands behind its name.
    private void Begin()
    {
        if (!levels[depth].IsMap) Separate();
    }

    private void Separate()
    {
        if (depth > 0 && levels[depth].Count++ > 0 && IsJson) Put(","u8);
    }

    private void PutText(ReadOnlySpan<byte> utf8)
    {
        if (!IsJson)
        {
            length += MessagePackHead.Text(Reserve(MessagePackHead.MaxSize), utf8.Length);
            Put(utf8);
            return;
        }
        Put("\""u8);
        JsonQuote.Escape(utf8, Take(JsonQuote.EscapedSize(utf8)));
        Put("\""u8);
    }

    private void Put(ReadOnlySpan<byte> data) => data.CopyTo(Take(data.Length));

    private Span<byte> Take(int count)
    {
        var room = Reserve(count);
        length += count;
        return room[..count];
    }

    private Span<byte> Reserve(int count)
    {
        if (bytes.Length - length < count) Array.Resize(ref bytes, Math.Max(2 * bytes.Length, length + count));
        return bytes.AsSpan(length);
    }

    private record struct Level(int Start, int Count, bool IsMap);
}
