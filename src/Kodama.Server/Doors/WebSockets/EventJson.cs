using System.Buffers;
using System.Text.Json;

namespace Kodama.Server;

/// <summary>
/// An event as JSON for clients that have no notion of events: <c>{"event":"move","args":[1,2]}</c>, binary arguments as
/// <c>{"$binary":"base64"}</c>. What clients have said is not read again, so nothing in it can fail to be written.
/// </summary>
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

    /// <summary>Writes the payload as a JSON array of arguments, in one line; a text or binary payload is the only one.</summary>
    public static void WriteArguments(Utf8JsonWriter writer, in Payload payload)
    {
        if (payload.Kind == PayloadKind.Arguments)
        {
            if (payload.Attachments.Count == 0) JsonLine.Write(writer, payload.Bytes.Span);
            else JsonLine.Write(writer, AttachmentJson.Insert(payload.Bytes.Span, payload.Attachments));
            return;
        }
        writer.WriteStartArray();
        if (payload.Kind == PayloadKind.Text)
        {
            writer.WriteStringValue(payload.Bytes.Span);
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteBase64String("$binary"u8, payload.Bytes.Span);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
