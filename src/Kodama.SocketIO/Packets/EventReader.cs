using System.Text.Json;

namespace Kodama.SocketIO;

/// <summary>Reads the payload of an event, <c>["name",argument,...]</c>.</summary>
internal static class EventReader
{
    private static readonly byte[] NoArguments = "[]"u8.ToArray();

    /// <exception cref="JsonException">It is not JSON, or nested too deep.</exception>
    public static PacketError Read(Memory<byte> json, PacketLimits limits, ref Packet packet)
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
        reader.ValueIsEscaped ? SoleArgumentKind.EscapedString : SoleArgumentKind.String,
        (int)reader.TokenStartIndex + 1,
        reader.ValueSpan.Length);

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
