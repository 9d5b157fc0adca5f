using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>
/// Reads packets of npm's socket.io-msgpack-parser: a map with <c>type</c>, <c>nsp</c>, <c>id</c> and <c>data</c>, in any order, whose
/// values are what the JSON of the same packet says, as the hub has it: <c>data</c> becomes JSON, and bytes in it attachments.
/// <code>
/// value = nil | bool | int | uint | float | str | bin | array | map | ext           https://github.com/msgpack/msgpack/blob/master/spec.md
/// ext   = fixext 1, type 0 (undefined) | fixext 8, type 0 (Date) | ext 8 to 32, type 0 (ArrayBuffer) | others       notepack.io 2.2
/// </code>
/// </summary>
internal ref struct MessagePackReader
{
    private readonly ReadOnlyMemory<byte> bytes;
    private readonly ReadOnlySpan<byte> span;
    private readonly PacketLimits limits;
    private List<ReadOnlyMemory<byte>>? attachments;
    private PooledBytes json;
    private PacketError error;
    private int at;

    private MessagePackReader(ReadOnlyMemory<byte> bytes, PacketLimits limits)
    {
        this.bytes = bytes;
        this.limits = limits;
        span = bytes.Span;
    }

    private enum Kind : byte
    {
        Nil,
        Flag,
        Integer,
        Unsigned,
        Float,
        Text,
        Bytes,
        Array,
        Map,
        Undefined,
        Date,
        Extension,
    }

    /// <summary>Reads a whole packet; its attachments are slices of the bytes.</summary>
    public static PacketError Read(ReadOnlyMemory<byte> bytes, PacketLimits limits, out Packet packet)
    {
        var reader = new MessagePackReader(bytes, limits);
        if (!reader.TryReadPacket(out packet)) packet = default;
        reader.json.Return();
        return reader.error;
    }

    private bool TryReadPacket(out Packet packet)
    {
        packet = default;
        if (!TryRead(out var map) || map.Kind != Kind.Map) return Fail(PacketError.BadMessagePack);
        int type = -1, name = -1, id = -1, data = -1;
        for (var i = 0; i < map.Length; i++)
        {
            if (!TryRead(out var key)) return false;
            var member = key.Kind == Kind.Text ? Slice(key).Span : default;
            if (member.SequenceEqual("type"u8)) type = at;
            else if (member.SequenceEqual("nsp"u8)) name = at;
            else if (member.SequenceEqual("id"u8)) id = at;
            else if (member.SequenceEqual("data"u8)) data = at;
            if (!TrySkip(key) || !TryRead(out var value) || !TrySkip(value)) return false;
        }
        if (at != span.Length) return Fail(PacketError.BadMessagePack);
        if (ReadAt(type) is not { Kind: Kind.Integer, Number: >= 0 and <= (long)PacketType.ConnectError } typeValue)
            return Fail(PacketError.UnknownType);
        var space = ReadAt(name);
        if (space.Kind != Kind.Text || Slice(space).Span is not [(byte)'/', ..] || !Utf8.IsValid(Slice(space).Span))
            return Fail(PacketError.IllegalNamespace);
        if (space.Length > limits.MaxNamespaceLength) return Fail(PacketError.NamespaceTooLong);
        var ackId = ReadAt(id);
        if (!ackId.IsNone && ackId is not { Kind: Kind.Integer, Number: >= 0 and < 1L << 53 }) return Fail(PacketError.IllegalAckId);
        packet = new()
        {
            Type = (PacketType)typeValue.Number,
            Namespace = Slice(space),
            AckId = ackId.IsNone ? null : ackId.Number,
            Attachments = [],
        };
        return TryReadData(ReadAt(data), ref packet);
    }

    private bool TryReadData(Value data, ref Packet packet)
    {
        switch (packet.Type)
        {
            case PacketType.Event when data.Kind == Kind.Array:
                return TryReadEvent(data, ref packet);
            case PacketType.Connect or PacketType.Disconnect when data.IsNone:
                return true;
            case PacketType.Connect or PacketType.ConnectError when data.Kind == Kind.Map:
            case PacketType.ConnectError when data.Kind == Kind.Text:
            case PacketType.Ack when data.Kind == Kind.Array:
                return TryWrite(data, 1) && TryFinish(default, ref packet);
            default:
                return Fail(PacketError.UnexpectedPayload);
        }
    }

    private bool TryReadEvent(Value data, ref Packet packet)
    {
        if (data.Length == 0) return Fail(PacketError.IllegalEventName);
        if (!TryRead(out var name)) return false;
        if (name.Kind is not (Kind.Text or Kind.Integer or Kind.Unsigned or Kind.Float)) return Fail(PacketError.IllegalEventName);
        packet = packet with { EventName = name.Kind == Kind.Text ? Slice(name) : Digits(name) };
        if (!Utf8.IsValid(packet.EventName.Span) || packet.EventName.IsEmpty && name.Kind != Kind.Text)
            return Fail(PacketError.IllegalEventName);
        if (packet.EventName.Length > limits.MaxEventNameLength) return Fail(PacketError.EventNameTooLong);
        if (ReservedEvents.Contains(packet.EventName.Span)) return Fail(PacketError.ReservedEventName);
        var first = default(Value);
        json.Append("["u8);
        for (var i = 1; i < data.Length; i++)
        {
            if (i > 1) json.Append(","u8);
            if (!TryRead(out var argument) || !TryWrite(argument, 2)) return false;
            if (i == 1) first = argument;
        }
        json.Append("]"u8);
        var sole = (data.Length, first.Kind) switch
        {
            // Behind bracket and quotation mark, and before the same.
            (2, Kind.Text) => new(SoleArgumentKind.String, Start: 2, Length: json.Length - 4),
            (2, Kind.Bytes) => new SoleArgument(SoleArgumentKind.Placeholder),
            _ => default,
        };
        return TryFinish(sole, ref packet);
    }

    private bool TryFinish(SoleArgument sole, ref Packet packet)
    {
        packet = packet with { Data = json.Span.ToArray(), Sole = sole };
        if (attachments is null) return json.Length <= limits.MaxPacketSize || Fail(PacketError.TooLarge);
        if (packet.Type is not (PacketType.Event or PacketType.Ack)) return Fail(PacketError.UnexpectedPayload);
        packet = packet with { AttachmentCount = attachments.Count, Attachments = attachments };
        if (packet.Bytes > limits.MaxPacketSize) return Fail(PacketError.TooLarge);
        return Placeholders.TryRead(packet.Data.Span, attachments.Count, limits, out _) || Fail(PacketError.IllegalPlaceholder);
    }

    /// <summary>Writes a value that has been read so far as its head, as JSON.</summary>
    /// <param name="value">Its head.</param>
    /// <param name="depth">How many arrays and maps it is within, itself included.</param>
    private bool TryWrite(Value value, int depth)
    {
        if (json.Length > limits.MaxPacketSize) return Fail(PacketError.TooLarge);
        switch (value.Kind)
        {
            case Kind.Flag:
                json.Append(value.Number == 0 ? "false"u8 : "true"u8);
                return true;
            case Kind.Integer or Kind.Unsigned or Kind.Float when Digits(value) is { Length: > 0 } digits:
                json.Append(digits);
                return true;
            case Kind.Date when DateOf(value.Number) is { } text:
                Quote(text);
                return true;
            case Kind.Text:
                return Utf8.IsValid(Slice(value).Span) ? Quote(Slice(value).Span) : Fail(PacketError.BadMessagePack);
            case Kind.Bytes:
                return TryAttach(value);
            case Kind.Extension:
                json.Append("["u8);
                json.Append(Digits(value));
                json.Append(","u8);
                if (!TryAttach(value)) return false;
                json.Append("]"u8);
                return true;
            case Kind.Array or Kind.Map when depth > limits.MaxDepth:
                return Fail(PacketError.BadMessagePack);
            case Kind.Array:
                return TryWriteArray(value.Length, depth);
            case Kind.Map:
                return TryWriteMap(value.Length, depth);
            default:
                json.Append("null"u8);
                return true;
        }
    }

    private bool TryWriteArray(int count, int depth)
    {
        json.Append("["u8);
        for (var i = 0; i < count; i++)
        {
            if (i > 0) json.Append(","u8);
            if (!TryRead(out var element) || !TryWrite(element, depth + 1)) return false;
        }
        json.Append("]"u8);
        return true;
    }

    private bool TryWriteMap(int count, int depth)
    {
        json.Append("{"u8);
        var begin = json.Length;
        for (var i = 0; i < count; i++)
        {
            if (!TryRead(out var name)) return false;
            var isText = name.Kind == Kind.Text && Utf8.IsValid(Slice(name).Span);
            if (!isText && name.Kind is not (Kind.Integer or Kind.Unsigned)) return Fail(PacketError.BadMessagePack);
            if (!TryRead(out var value)) return false;
            if (value.Kind == Kind.Undefined) continue;
            if (json.Length > begin) json.Append(","u8);
            Quote(isText ? Slice(name).Span : Digits(name));
            json.Append(":"u8);
            if (!TryWrite(value, depth + 1)) return false;
        }
        json.Append("}"u8);
        return true;
    }

    private bool TryAttach(Value value)
    {
        if (attachments?.Count >= limits.MaxAttachments) return Fail(PacketError.TooManyAttachments);
        json.Append("{\"_placeholder\":true,\"num\":"u8);
        json.Append(Digits(new() { Kind = Kind.Integer, Number = attachments?.Count ?? 0 }));
        json.Append("}"u8);
        (attachments ??= []).Add(Slice(value));
        return true;
    }

    private bool Quote(scoped ReadOnlySpan<byte> text)
    {
        json.Append("\""u8);
        var size = JsonQuote.EscapedSize(text);
        json.EnsureCapacity(json.Length + size);
        JsonQuote.Escape(text, json.Room[json.Length..]);
        json.Length += size;
        json.Append("\""u8);
        return true;
    }

    /// <summary>A number as JSON; empty for one that it does not have. Of an extension its type.</summary>
    private static byte[] Digits(in Value value)
    {
        Span<byte> text = stackalloc byte[32];
        var size = 0;
        if (value.Kind == Kind.Unsigned) Utf8Formatter.TryFormat((ulong)value.Number, text, out size);
        else if (value.Kind != Kind.Float) Utf8Formatter.TryFormat(value.Number, text, out size);
        else if (BitConverter.Int64BitsToDouble(value.Number) is var real && double.IsFinite(real))
            Utf8Formatter.TryFormat(real, text, out size);
        return text[..size].ToArray();
    }

    /// <summary>As JavaScript's Date says itself in JSON; null, where it cannot be said.</summary>
    private static byte[]? DateOf(long milliseconds) =>
        milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? null
            : System.Text.Encoding.ASCII.GetBytes(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
                .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));

    private readonly ReadOnlyMemory<byte> Slice(in Value value) => bytes.Slice(value.Start, value.Length);

    /// <summary>Reads the head of a value that has been read before; none, where there is none.</summary>
    private Value ReadAt(int place)
    {
        if (place < 0) return new() { Kind = Kind.Undefined };
        at = place;
        TryRead(out var value);
        return value;
    }

    /// <summary>What is within an array or a map, however deep.</summary>
    private bool TrySkip(Value value)
    {
        for (var within = value.Inside; within > 0; within--)
        {
            if (!TryRead(out var next)) return false;
            within += next.Inside;
        }
        return true;
    }

    /// <summary>Reads a value, of arrays and maps the head.</summary>
    private bool TryRead(out Value value)
    {
        value = default;
        if (at == span.Length) return Fail(PacketError.BadMessagePack);
        var type = span[at++];
        switch (type)
        {
            case < 0x80:
                return Number(Kind.Integer, type, out value);
            case < 0x90:
                return TryTakeMany(Kind.Map, type & 0xF, out value);
            case < 0xA0:
                return TryTakeMany(Kind.Array, type & 0xF, out value);
            case < 0xC0:
                return TryTake(Kind.Text, type & 0x1F, out value);
            case >= 0xE0:
                return Number(Kind.Integer, (sbyte)type, out value);
            case 0xC0:
                return true;
            case 0xC2 or 0xC3:
                return Number(Kind.Flag, type - 0xC2, out value);
            case <= 0xC1:
                return Fail(PacketError.BadMessagePack);
            case <= 0xC6:
                return TryTakeNumber(1 << (type - 0xC4), out var length) && TryTake(Kind.Bytes, length, out value);
            case <= 0xC9:
                return TryTakeNumber(1 << (type - 0xC7), out length) && TryTakeExtension(length, isFixed: false, out value);
            case 0xCA:
                if (!TryTakeNumber(4, out var bits)) return false;
                return Number(Kind.Float, BitConverter.DoubleToInt64Bits(BitConverter.Int32BitsToSingle((int)bits)), out value);
            case 0xCB:
                return TryTakeNumber(8, out bits) && Number(Kind.Float, bits, out value);
            case <= 0xCF:
                return TryTakeNumber(1 << (type - 0xCC), out bits)
                    && Number(bits < 0 ? Kind.Unsigned : Kind.Integer, bits, out value);
            case <= 0xD3:
                if (!TryTakeNumber(1 << (type - 0xD0), out bits)) return false;
                return Number(
                    Kind.Integer, type switch { 0xD0 => (sbyte)bits, 0xD1 => (short)bits, 0xD2 => (int)bits, _ => bits }, out value);
            case <= 0xD8:
                return TryTakeExtension(1 << (type - 0xD4), isFixed: true, out value);
            case <= 0xDB:
                return TryTakeNumber(1 << (type - 0xD9), out length) && TryTake(Kind.Text, length, out value);
            default:
                return TryTakeNumber(type is 0xDC or 0xDE ? 2 : 4, out length)
                    && TryTakeMany(type <= 0xDD ? Kind.Array : Kind.Map, length, out value);
        }
    }

    private static bool Number(Kind kind, long number, out Value value)
    {
        value = new() { Kind = kind, Number = number };
        return true;
    }

    private bool TryTakeExtension(long length, bool isFixed, out Value value)
    {
        value = default;
        if (!TryTakeNumber(1, out var type) || !TryTake(Kind.Extension, length, out value)) return false;
        value = (type, length, isFixed) switch
        {
            (0, _, false) => value with { Kind = Kind.Bytes },
            (0, 1, true) => value with { Kind = Kind.Undefined },
            (0, 8, true) => value with { Kind = Kind.Date, Number = BinaryPrimitives.ReadInt64BigEndian(Slice(value).Span) },
            _ => value with { Number = (sbyte)type },
        };
        return true;
    }

    private bool TryTakeNumber(int size, out long number)
    {
        number = 0;
        if (size > span.Length - at) return Fail(PacketError.BadMessagePack);
        foreach (var part in span.Slice(at, size)) number = number << 8 | part;
        at += size;
        return true;
    }

    private bool TryTake(Kind kind, long length, out Value value)
    {
        value = default;
        if (length > span.Length - at) return Fail(PacketError.BadMessagePack);
        value = new() { Kind = kind, Start = at, Length = (int)length };
        at += (int)length;
        return true;
    }

    // Each of them takes a byte at least.
    private bool TryTakeMany(Kind kind, long count, out Value value)
    {
        value = default;
        if ((kind == Kind.Map ? count * 2 : count) > span.Length - at) return Fail(PacketError.BadMessagePack);
        value = new() { Kind = kind, Length = (int)count };
        return true;
    }

    private bool Fail(PacketError what)
    {
        if (error == PacketError.None) error = what;
        return false;
    }

    /// <summary>A value; of arrays and maps the head.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Value
    {
        public Kind Kind { get; init; }

        /// <summary>An integer, the bits of a double, 1 for true, a date in milliseconds, the type of an extension.</summary>
        public long Number { get; init; }

        public int Start { get; init; }

        /// <summary>Bytes; of an array elements, of a map pairs.</summary>
        public int Length { get; init; }

        /// <summary>Values that follow the head.</summary>
        public long Inside => Kind == Kind.Array ? Length : Kind == Kind.Map ? 2L * Length : 0;

        public bool IsNone => Kind is Kind.Nil or Kind.Undefined;
    }
}
