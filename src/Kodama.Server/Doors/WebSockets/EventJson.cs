using System.Buffers;
using System.Text.Json;

namespace Kodama.Server;

/// <summary>An event as JSON for clients that have no notion of events: <c>{"event":"move","args":[1,2]}</c>, binary arguments as <c>{"$binary":"base64"}</c>.</summary>
internal static class EventJson
{
    public static void Write(IBufferWriter<byte> output, string eventName, in Payload payload)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("event"u8, eventName);
        writer.WritePropertyName("args"u8);
        WriteArguments(writer, payload);
        writer.WriteEndObject();
    }

    /// <summary>Writes the payload as a JSON array of arguments; a text or binary payload is the only one.</summary>
    public static void WriteArguments(Utf8JsonWriter writer, in Payload payload)
    {
        if (payload.Kind == PayloadKind.Arguments)
        {
            // As it came, unless white space in it would break a line of whoever writes lines.
            if (payload.Attachments.Count == 0 && payload.Bytes.Span.IndexOfAny((byte)'\r', (byte)'\n') < 0)
            {
                writer.WriteRawValue(payload.Bytes.Span);
                return;
            }
            using var document = JsonDocument.Parse(payload.Bytes);
            WriteElement(writer, document.RootElement, [.. payload.Attachments]);
            return;
        }
        writer.WriteStartArray();
        if (payload.Kind == PayloadKind.Text) writer.WriteStringValue(payload.Bytes.Span);
        else WriteBinary(writer, payload.Bytes.Span);
        writer.WriteEndArray();
    }

    /// <summary>
    /// Writes each attachment once, at its first placeholder: a client that has its arguments come back by way of the application could otherwise turn a few bytes each
    /// into a copy each.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="element">What.</param>
    /// <param name="attachments">Those that are not written yet; null for the others.</param>
    private static void WriteElement(Utf8JsonWriter writer, JsonElement element, ReadOnlyMemory<byte>?[] attachments)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when TryPlaceholder(element, attachments.Length, out var number) && attachments[number] is { } bytes:
                attachments[number] = null;
                WriteBinary(writer, bytes.Span);
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject())
                {
                    writer.WritePropertyName(property.Name);
                    WriteElement(writer, property.Value, attachments);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray()) WriteElement(writer, item, attachments);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static bool TryPlaceholder(JsonElement element, int count, out int number)
    {
        number = -1;
        return element.TryGetProperty("_placeholder"u8, out var marker)
            && marker.ValueKind == JsonValueKind.True
            && element.TryGetProperty("num"u8, out var num)
            && num.TryGetInt32(out number)
            && number >= 0
            && number < count;
    }

    private static void WriteBinary(Utf8JsonWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.WriteStartObject();
        writer.WriteBase64String("$binary"u8, bytes);
        writer.WriteEndObject();
    }
}
