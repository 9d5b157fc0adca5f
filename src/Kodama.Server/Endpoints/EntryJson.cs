using System.Text.Json;

namespace Kodama.Server;

/// <summary>What happened in a room as JSON: the same in pages, in the state and in event streams.</summary>
internal static class EntryJson
{
    /// <summary>An entry of a page: its position, and what <see cref="WriteMessage"/> and the others write.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="epoch">In which the page was read: the room may have another by now.</param>
    /// <param name="entry">The entry.</param>
    public static void Write(Utf8JsonWriter json, string epoch, Entry entry)
    {
        json.WriteStartObject();
        json.WriteString("position"u8, new Position(epoch, entry.Offset).ToString());
        switch (entry.Kind)
        {
            case EntryKind.Message:
                WriteMessage(json, entry.Time, entry.Id, entry.Event, entry.Author, entry.Payload);
                break;
            case EntryKind.State:
                WriteState(json, entry);
                break;
            default:
                WriteMember(json, entry.Key!, entry.Author!, entry.Payload, entry.Time);
                break;
        }
        json.WriteEndObject();
    }

    public static void WriteMessage(
        Utf8JsonWriter json, DateTimeOffset time, string? id, string eventName, Author? author, in Payload payload)
    {
        WriteTime(json, time);
        if (id is not null) json.WriteString("id"u8, id);
        json.WriteString("event"u8, eventName);
        if (author is not null) WriteFrom(json, author);
        WritePayload(json, payload);
    }

    public static void WriteState(Utf8JsonWriter json, Entry entry)
    {
        WriteTime(json, entry.Time);
        json.WriteString("key"u8, entry.Key);
        if (entry.Id is { } id) json.WriteString("id"u8, id);
        if (entry.Author is { } author) WriteFrom(json, author);
        if (entry.Action == EntryAction.Remove) return;
        WritePayload(json, entry.Payload);
        if (entry.IsBound) json.WriteBoolean("bound"u8, true);
    }

    public static void WriteMember(Utf8JsonWriter json, string id, Author author, in Payload data, DateTimeOffset time)
    {
        WriteTime(json, time);
        WriteAuthor(json, id, author);
        if (data.Bytes.IsEmpty) return;
        json.WritePropertyName("data"u8);
        JsonLine.Write(json, data.Bytes.Span);
    }

    public static void WriteAuthor(Utf8JsonWriter json, string id, Author author)
    {
        json.WriteString("id"u8, id);
        json.WriteStartObject("details"u8);
        foreach (var (name, value) in author.Details) json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, DateTimeOffset time) => json.WriteString("time"u8, UtcMilliseconds.ToText(time));

    private static void WriteFrom(Utf8JsonWriter json, Author author)
    {
        json.WriteStartObject("from"u8);
        WriteAuthor(json, author.Id, author);
        json.WriteEndObject();
    }

    private static void WritePayload(Utf8JsonWriter json, in Payload payload)
    {
        switch (payload.Kind)
        {
            case PayloadKind.Text:
                json.WriteString("text"u8, payload.Bytes.Span);
                break;
            case PayloadKind.Binary:
                json.WriteStartObject("binary"u8);
                json.WriteBase64String("base64"u8, payload.Bytes.Span);
                json.WriteNumber("length"u8, payload.Bytes.Length);
                json.WriteEndObject();
                break;
            default:
                json.WritePropertyName("args"u8);
                EventJson.WriteArguments(json, payload);
                break;
        }
    }
}
