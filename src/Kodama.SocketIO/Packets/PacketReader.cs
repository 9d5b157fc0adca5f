using System.Text.Json;

namespace Kodama.SocketIO;

/// <summary>
/// Reads the text of a packet. Thread-safe; allocates nothing but for names in unusual forms.
/// <code>
/// packet      = type [attachments "-"] [namespace ","] [ack-id] [JSON]
/// type        = "0" ... "6"
/// attachments = digits, of binary types only
/// namespace   = "/" and all up to a comma, or to the end
/// ack-id      = digits
/// </code>
/// </summary>
internal static class PacketReader
{
    private static readonly byte[] MainNamespace = "/"u8.ToArray();
    private static readonly byte[] NoArguments = "[]"u8.ToArray();

    /// <summary>Reads a text that is known to be UTF-8.</summary>
    /// <param name="text">The text. It is overwritten: the comma after an event's name becomes the bracket that opens its
    /// arguments.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="packet">What it says; its attachments are still to come.</param>
    public static PacketError Read(Memory<byte> text, PacketLimits limits, out Packet packet)
    {
        packet = default;
        var span = text.Span;
        if (span.IsEmpty) return PacketError.Empty;
        var type = (PacketType)(span[0] - '0');
        if (type > PacketType.BinaryAck) return PacketError.UnknownType;

        var at = 1;
        var attachments = 0;
        if (type is PacketType.BinaryEvent or PacketType.BinaryAck)
        {
            var digits = CountDigits(span[at..]);
            if (digits == 0 || at + digits == span.Length || span[at + digits] != (byte)'-') return PacketError.IllegalAttachmentCount;
            var count = ReadNumber(span.Slice(at, digits));
            if (count == 0) return PacketError.IllegalAttachmentCount;
            if (count is null || count > limits.MaxAttachments) return PacketError.TooManyAttachments;
            attachments = (int)count;
            at += digits + 1;
            type = type == PacketType.BinaryEvent ? PacketType.Event : PacketType.Ack;
        }

        ReadOnlyMemory<byte> name = MainNamespace;
        if (at < span.Length && span[at] == (byte)'/')
        {
            var comma = span[at..].IndexOf((byte)',');
            var length = comma < 0 ? span.Length - at : comma;
            if (length > limits.MaxNamespaceLength) return PacketError.NamespaceTooLong;
            name = text.Slice(at, length);
            at += comma < 0 ? length : length + 1;
        }

        long? id = null;
        var idDigits = CountDigits(span[at..]);
        if (idDigits > 0)
        {
            id = ReadNumber(span.Slice(at, idDigits));
            if (id is null) return PacketError.IllegalAckId;
            at += idDigits;
        }

        packet = new() { Type = type, Namespace = name, AckId = id, AttachmentCount = attachments, Attachments = [] };
        return ReadPayload(text[at..], limits, ref packet);
    }

    private static PacketError ReadPayload(Memory<byte> json, PacketLimits limits, ref Packet packet)
    {
        if (json.IsEmpty)
        {
            if (packet.Type == PacketType.Event) return PacketError.MissingPayload;
            if (packet.Type != PacketType.Ack) return PacketError.None;
            // Node calls the callback without arguments.
            packet = packet with { Data = NoArguments };
            return packet.AttachmentCount == 0 ? PacketError.None : PacketError.MissingPayload;
        }
        var first = json.Span[0];
        var expected = packet.Type switch
        {
            PacketType.Connect => first == (byte)'{',
            PacketType.ConnectError => first is (byte)'{' or (byte)'"',
            PacketType.Disconnect => false,
            _ => first == (byte)'[',
        };
        if (!expected) return PacketError.UnexpectedPayload;
        try
        {
            if (packet.Type == PacketType.Event) return ReadEvent(json, limits, ref packet);
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
            while (reader.Read()) { }
            packet = packet with { Data = json };
            return packet.AttachmentCount == 0 || Placeholders.TryRead(json.Span, packet.AttachmentCount, limits, out _)
                ? PacketError.None
                : PacketError.IllegalPlaceholder;
        }
        catch (JsonException)
        {
            packet = default;
            return PacketError.BadJson;
        }
    }

    private static int CountDigits(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }

    /// <summary>The number of these digits; null beyond 2^53 - 1, after which JavaScript's numbers leave some out.</summary>
    private static long? ReadNumber(ReadOnlySpan<byte> digits)
    {
        const long Largest = (1L << 53) - 1;
        var value = 0L;
        foreach (var digit in digits)
        {
            value = value * 10 + (digit - '0');
            if (value > Largest) return null;
        }
        return value;
    }

    /// <summary>Reads <c>["name",argument,...]</c>.</summary>
    /// <exception cref="JsonException">It is not JSON, or nested too deep.</exception>
    private static PacketError ReadEvent(Memory<byte> json, PacketLimits limits, ref Packet packet)
    {
        var span = json.Span;
        var reader = new Utf8JsonReader(span, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
        reader.Read();
        reader.Read();
        var error = ReadName(json, ref reader, limits, out var name);
        if (error != PacketError.None) return error;

        var afterName = (int)reader.BytesConsumed;
        var sole = default(SoleArgument);
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            sole = count++ == 0 && reader.TokenType == JsonTokenType.String ? String(reader, afterName) : default;
            reader.Skip();
        }
        var end = (int)reader.BytesConsumed;
        // What follows the array must be white space, or the reader says what is wrong.
        reader.Read();

        ReadOnlyMemory<byte> arguments = NoArguments;
        if (count > 0)
        {
            var comma = afterName + span[afterName..].IndexOf((byte)',');
            span[comma] = (byte)'[';
            arguments = json[comma..end];
            sole = sole with { Start = sole.Start - comma };
        }
        if (packet.AttachmentCount > 0)
        {
            if (!Placeholders.TryRead(arguments.Span, packet.AttachmentCount, limits, out var first)) return PacketError.IllegalPlaceholder;
            if (count == 1 && first >= 0) sole = new(SoleArgumentKind.Placeholder, Number: first);
        }
        packet = packet with { EventName = name, Data = arguments, Sole = sole };
        return PacketError.None;
    }

    private static SoleArgument String(in Utf8JsonReader reader, int afterName) => new(
        SoleArgumentKind.String, (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);

    private static PacketError ReadName(Memory<byte> json, ref Utf8JsonReader reader, PacketLimits limits, out Memory<byte> name)
    {
        name = default;
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number)) return PacketError.IllegalEventName;
        var quote = reader.TokenType == JsonTokenType.String ? 1 : 0;
        name = json.Slice((int)reader.TokenStartIndex + quote, reader.ValueSpan.Length);
        if (reader.ValueIsEscaped)
        {
            var unescaped = new byte[name.Length];
            if (!JsonText.TryUnescape(name.Span, unescaped, out var size)) return PacketError.IllegalEventName;
            name = unescaped.AsMemory(0, size);
        }
        if (name.Length > limits.MaxEventNameLength) return PacketError.EventNameTooLong;
        return ReservedEvents.Contains(name.Span) ? PacketError.ReservedEventName : PacketError.None;
    }
}

/// <summary>The bounds of a packet that comes in.</summary>
internal sealed record PacketLimits
{
    public static PacketLimits Default { get; } = new();

    /// <summary>For what was written here, but for the depth of MessagePack's writer.</summary>
    public static PacketLimits None { get; } = new()
    {
        MaxAttachments = int.MaxValue,
        MaxDepth = MessagePackWriter.MaxDepth,
        MaxEventNameLength = int.MaxValue,
        MaxNamespaceLength = int.MaxValue,
        MaxPacketSize = long.MaxValue,
    };

    /// <summary>Attachments of one packet; 10 as in node.</summary>
    public int MaxAttachments { get; init; } = 10;

    /// <summary>Arrays and objects within one another, the packet's own array counted: what System.Text.Json reads by default.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Bytes of an event's name.</summary>
    public int MaxEventNameLength { get; init; } = 1024;

    /// <summary>Bytes of a namespace's name, to which clients of Socket.IO 2 add their query with its tokens.</summary>
    public int MaxNamespaceLength { get; init; } = 4096;

    /// <summary>Bytes of a packet in JSON with all attachments, which are kept until the last has come: 11 messages of 1 MB as in
    /// node.</summary>
    public long MaxPacketSize { get; init; } = 11_000_000;
}
