using System.Buffers.Text;
using System.Globalization;
using System.Text.Unicode;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>
/// Reads packets of npm's socket.io-msgpack-parser: a map with <c>type</c>, <c>nsp</c>, <c>id</c> and <c>data</c>, in any order, whose
/// values are what the JSON of the same packet says, as the hub has it: <c>data</c> becomes JSON, and bytes in it attachments.
/// </summary>
internal ref struct MessagePackReader
{
    private readonly ReadOnlyMemory<byte> bytes;
    private readonly PacketLimits limits;
    private MessagePackScanner scanner;
    private List<ReadOnlyMemory<byte>>? attachments;
    private PooledBytes json;
    private PacketError error;

    private MessagePackReader(ReadOnlyMemory<byte> bytes, PacketLimits limits)
    {
        this.bytes = bytes;
        this.limits = limits;
        scanner = new(bytes.Span);
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
        if (!TryRead(out var map) || map.Kind != MessagePackKind.Map) return Fail(PacketError.BadMessagePack);
        int type = -1, name = -1, id = -1, data = -1;
        for (var i = 0; i < map.Length; i++)
        {
            if (!TryRead(out var key)) return false;
            var member = key.Kind == MessagePackKind.Text ? Slice(key).Span : default;
            if (member.SequenceEqual("type"u8)) type = scanner.At;
            else if (member.SequenceEqual("nsp"u8)) name = scanner.At;
            else if (member.SequenceEqual("id"u8)) id = scanner.At;
            else if (member.SequenceEqual("data"u8)) data = scanner.At;
            if (!TrySkip(key) || !TryRead(out var value) || !TrySkip(value)) return false;
        }
        if (!scanner.IsAtEnd) return Fail(PacketError.BadMessagePack);
        if (ReadAt(type) is not { Kind: MessagePackKind.Integer, Number: >= 0 and <= (long)PacketType.ConnectError } typeValue)
            return Fail(PacketError.UnknownType);
        var space = ReadAt(name);
        if (space.Kind != MessagePackKind.Text || Slice(space).Span is not [(byte)'/', ..] || !Utf8.IsValid(Slice(space).Span))
            return Fail(PacketError.IllegalNamespace);
        if (space.Length > limits.MaxNamespaceLength) return Fail(PacketError.NamespaceTooLong);
        var ackId = ReadAt(id);
        if (!ackId.IsNone && ackId is not { Kind: MessagePackKind.Integer,
            Number: >= 0 and < 1L << 53 }) return Fail(PacketError.IllegalAckId);
        packet = new()
        {
            Type = (PacketType)typeValue.Number,
            Namespace = Slice(space),
            AckId = ackId.IsNone ? null : ackId.Number,
            Attachments = [],
        };
        return TryReadData(ReadAt(data), ref packet);
    }

    private bool TryReadData(MessagePackValue data, ref Packet packet)
    {
        switch (packet.Type)
        {
            case PacketType.Event when data.Kind == MessagePackKind.Array:
                return TryReadEvent(data, ref packet);
            case PacketType.Connect or PacketType.Disconnect when data.IsNone:
                return true;
            case PacketType.Connect or PacketType.ConnectError when data.Kind == MessagePackKind.Map:
            case PacketType.ConnectError when data.Kind == MessagePackKind.Text:
            case PacketType.Ack when data.Kind == MessagePackKind.Array:
                return TryWrite(data, 1) && TryFinish(default, ref packet);
            default:
                return Fail(PacketError.UnexpectedPayload);
        }
    }

    private bool TryReadEvent(MessagePackValue data, ref Packet packet)
    {
        if (data.Length == 0) return Fail(PacketError.IllegalEventName);
        if (!TryRead(out var name)) return false;
        if (name.Kind is not (MessagePackKind.Text or MessagePackKind.Integer or MessagePackKind.Unsigned
            or MessagePackKind.Float)) return Fail(PacketError.IllegalEventName);
        packet = packet with { EventName = name.Kind == MessagePackKind.Text ? Slice(name) : Digits(name) };
        if (!Utf8.IsValid(packet.EventName.Span) || packet.EventName.IsEmpty && name.Kind != MessagePackKind.Text)
            return Fail(PacketError.IllegalEventName);
        if (packet.EventName.Length > limits.MaxEventNameLength) return Fail(PacketError.EventNameTooLong);
        if (ReservedEvents.Contains(packet.EventName.Span)) return Fail(PacketError.ReservedEventName);
        var first = default(MessagePackValue);
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
            (2, MessagePackKind.Text) => new(SoleArgumentKind.String, Start: 2, Length: json.Length - 4),
            (2, MessagePackKind.Bytes) => new SoleArgument(SoleArgumentKind.Placeholder),
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
    private bool TryWrite(MessagePackValue value, int depth)
    {
        if (json.Length > limits.MaxPacketSize) return Fail(PacketError.TooLarge);
        switch (value.Kind)
        {
            case MessagePackKind.Flag:
                json.Append(value.Number == 0 ? "false"u8 : "true"u8);
                return true;
            case MessagePackKind.Integer or MessagePackKind.Unsigned or MessagePackKind.Float when Digits(value) is { Length: > 0 } digits:
                json.Append(digits);
                return true;
            case MessagePackKind.Date when DateOf(value.Number) is { } text:
                Quote(text);
                return true;
            case MessagePackKind.Text:
                return Utf8.IsValid(Slice(value).Span) ? Quote(Slice(value).Span) : Fail(PacketError.BadMessagePack);
            case MessagePackKind.Bytes:
                return TryAttach(value);
            case MessagePackKind.Extension:
                json.Append("["u8);
                json.Append(Digits(value));
                json.Append(","u8);
                if (!TryAttach(value)) return false;
                json.Append("]"u8);
                return true;
            case MessagePackKind.Array or MessagePackKind.Map when depth > limits.MaxDepth:
                return Fail(PacketError.BadMessagePack);
            case MessagePackKind.Array:
                return TryWriteArray(value.Length, depth);
            case MessagePackKind.Map:
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
            var isText = name.Kind == MessagePackKind.Text && Utf8.IsValid(Slice(name).Span);
            if (!isText && name.Kind is not (MessagePackKind.Integer or MessagePackKind.Unsigned)) return Fail(PacketError.BadMessagePack);
            if (!TryRead(out var value)) return false;
            if (value.Kind == MessagePackKind.Undefined) continue;
            if (json.Length > begin) json.Append(","u8);
            Quote(isText ? Slice(name).Span : Digits(name));
            json.Append(":"u8);
            if (!TryWrite(value, depth + 1)) return false;
        }
        json.Append("}"u8);
        return true;
    }

    private bool TryAttach(MessagePackValue value)
    {
        if (attachments?.Count >= limits.MaxAttachments) return Fail(PacketError.TooManyAttachments);
        json.Append("{\"_placeholder\":true,\"num\":"u8);
        json.Append(Digits(new() { Kind = MessagePackKind.Integer, Number = attachments?.Count ?? 0 }));
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
    private static byte[] Digits(in MessagePackValue value)
    {
        Span<byte> text = stackalloc byte[32];
        var size = 0;
        if (value.Kind == MessagePackKind.Unsigned) Utf8Formatter.TryFormat((ulong)value.Number, text, out size);
        else if (value.Kind != MessagePackKind.Float) Utf8Formatter.TryFormat(value.Number, text, out size);
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

    private readonly ReadOnlyMemory<byte> Slice(in MessagePackValue value) => bytes.Slice(value.Start, value.Length);

    /// <summary>Reads the head of a value that has been read before; none, where there is none.</summary>
    private MessagePackValue ReadAt(int place)
    {
        if (place < 0) return new() { Kind = MessagePackKind.Undefined };
        scanner.At = place;
        TryRead(out var value);
        return value;
    }

    private bool TrySkip(in MessagePackValue value) => scanner.TrySkip(value) || Fail(PacketError.BadMessagePack);

    private bool TryRead(out MessagePackValue value) => scanner.TryRead(out value) || Fail(PacketError.BadMessagePack);

    private bool Fail(PacketError what)
    {
        if (error == PacketError.None) error = what;
        return false;
    }
}
