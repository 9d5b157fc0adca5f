using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Kodama.Server;

/// <summary>
/// Reads what <see cref="EventJson"/> writes: <c>{"event":"move","args":[1,2]}</c>. Other properties are passed over; of a repeated one the
/// last counts.
/// </summary>
internal static class EventFrame
{
    /// <summary>The event and its arguments, in the memory of the frame; the one text of <c>message</c> as that text.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> frame, [NotNullWhen(true)] out string? eventName, out Payload payload)
    {
        (eventName, payload) = (null, default);
        try
        {
            var arguments = ReadOnlyMemory<byte>.Empty;
            var reader = new Utf8JsonReader(frame.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isEvent = reader.ValueTextEquals("event"u8);
                var isArguments = reader.ValueTextEquals("args"u8);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                if (isEvent && reader.TokenType != JsonTokenType.String) return false;
                if (isEvent) eventName = reader.GetString();
                if (isArguments && reader.TokenType != JsonTokenType.StartArray) return false;
                reader.Skip();
                if (isArguments) arguments = frame[start..(int)reader.BytesConsumed];
            }
            if (reader.Read() || eventName is not { Length: > 0 and <= EventName.MaxLength } || arguments.IsEmpty) return false;
            if (!JsonEscapes.AreWhole(arguments.Span)) return false;
            payload = eventName == Message.DefaultEvent && SoleText(arguments.Span) is { } text ? Payload.Of(text) : Payload.Arguments(
                arguments);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or a string in which half a character is escaped.
            return false;
        }
    }

    private static string? SoleText(ReadOnlySpan<byte> arguments)
    {
        var reader = new Utf8JsonReader(arguments);
        reader.Read();
        reader.Read();
        if (reader.TokenType != JsonTokenType.String) return null;
        var text = reader.GetString();
        reader.Read();
        return reader.TokenType == JsonTokenType.EndArray ? text : null;
    }
}
