using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Kodama.Server;

/// <summary>What was said in the hub, as <c>/api/events</c> tells it.</summary>
internal static class HubEventJson
{
    public static void WriteMessage(Utf8JsonWriter json, HubEvent happened)
    {
        var message = happened.Message;
        json.WriteStartObject();
        if (happened.Room is { } room)
        {
            json.WriteString("room"u8, room.Name);
            json.WriteString("epoch"u8, room.Epoch);
            json.WriteNumber("offset"u8, message.Offset);
        }
        json.WriteString("time"u8, UtcMilliseconds.ToText(message.Time));
        json.WriteString("event"u8, message.Event);
        if (happened.Peer is { } from)
        {
            json.WriteStartObject("from"u8);
            json.WriteString("id"u8, from.Id);
            json.WriteStartObject("details"u8);
            foreach (var (name, value) in from.Details) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        WritePayload(json, happened);
        json.WriteEndObject();
    }

    private static void WritePayload(Utf8JsonWriter json, HubEvent happened)
    {
        var payload = happened.Message.Payload;
        var bytes = payload.Bytes.Span;
        if (payload.Kind == PayloadKind.Binary)
        {
            json.WriteStartObject("binary"u8);
            json.WriteBase64String("base64"u8, bytes);
            json.WriteNumber("length"u8, happened.Length);
            json.WriteEndObject();
        }
        else if (payload.Kind == PayloadKind.Arguments && !happened.IsCut)
        {
            json.WritePropertyName("args"u8);
            EventJson.WriteArguments(json, payload);
        }
        else
        {
            json.WriteString("text"u8, happened.IsCut ? WholeCharacters(bytes) : bytes);
        }
        if (!happened.IsCut) return;
        json.WriteBoolean("cut"u8, true);
        json.WriteNumber("length"u8, happened.Length);
    }

    /// <summary>Without the beginning of a character at the end.</summary>
    private static ReadOnlySpan<byte> WholeCharacters(ReadOnlySpan<byte> utf8)
    {
        while (Rune.DecodeLastFromUtf8(utf8, out _, out var length) != OperationStatus.Done) utf8 = utf8[..^length];
        return utf8;
    }
}
