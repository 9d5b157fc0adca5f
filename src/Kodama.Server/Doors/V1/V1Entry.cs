using System.Text.Json;

namespace Kodama.Server;

/// <summary>Writes what happened in a room as members of a JSON object, for frames and for lists (docs/specs/kodama.v1.md).</summary>
internal static class V1Entry
{
    /// <summary>All of a message but its place.</summary>
    public static void WriteMessage(
        Utf8JsonWriter writer, string? room, Author? author, string eventName, in Payload payload, string? id, bool inList)
    {
        writer.WriteString("type"u8, "message"u8);
        if (room is not null) writer.WriteString("room"u8, room);
        WriteAuthor(writer, author);
        writer.WriteString("event"u8, eventName);
        WritePayload(writer, payload, inList);
        if (id is not null) writer.WriteString("id"u8, id);
    }

    /// <summary>All of a change of presence or state but its place.</summary>
    public static void WriteChange(Utf8JsonWriter writer, string room, Entry change)
    {
        var isPresence = change.Kind == EntryKind.Presence;
        var isRemoval = change.Action == EntryAction.Remove;
        writer.WriteString("type"u8, isPresence ? "presence"u8 : "state"u8);
        writer.WriteString("room"u8, room);
        if (isPresence)
        {
            writer.WriteString("action"u8, isRemoval ? "leave"u8 : change.Action == EntryAction.Enter ? "enter"u8 : "update"u8);
            WriteMember(writer, change.Key!, change.Author, isRemoval ? default(Payload?) : change.Payload);
        }
        else
        {
            writer.WriteString("action"u8, isRemoval ? "remove"u8 : "set"u8);
            WriteKey(writer, change, inList: false);
        }
        if (change.Id is not null) writer.WriteString("id"u8, change.Id);
    }

    /// <summary>The members and keys of a list, as two arrays; empty, where nobody has asked.</summary>
    public static void WriteLists(Utf8JsonWriter writer, IReadOnlyList<Entry> keys)
    {
        writer.WriteStartArray("members"u8);
        foreach (var entry in keys)
        {
            if (entry.Kind == EntryKind.Presence) WriteListed(writer, entry.Key!, entry.Author, entry.Payload, entry.Offset, entry.Time);
        }
        writer.WriteEndArray();
        writer.WriteStartArray("state"u8);
        foreach (var entry in keys)
        {
            if (entry.Kind == EntryKind.State) WriteListed(writer, entry);
        }
        writer.WriteEndArray();
    }

    /// <summary>A member of a list, as an object.</summary>
    public static void WriteListed(Utf8JsonWriter writer, string member, Author? author, in Payload data, long offset, DateTimeOffset time)
    {
        writer.WriteStartObject();
        WriteMember(writer, member, author, data);
        WriteWhen(writer, offset, time);
        writer.WriteEndObject();
    }

    /// <summary>A key of a list, as an object.</summary>
    public static void WriteListed(Utf8JsonWriter writer, Entry key)
    {
        writer.WriteStartObject();
        WriteKey(writer, key, inList: true);
        WriteWhen(writer, key.Offset, key.Time);
        writer.WriteEndObject();
    }

    private static void WriteMember(Utf8JsonWriter writer, string member, Author? author, in Payload? data)
    {
        writer.WriteString("member"u8, member);
        WriteName(writer, author);
        if (data is not { } said) return;
        writer.WritePropertyName("data"u8);
        writer.WriteRawValue(said.Bytes.Span, skipInputValidation: true);
    }

    private static void WriteKey(Utf8JsonWriter writer, Entry key, bool inList)
    {
        writer.WriteString("key"u8, key.Key);
        WriteAuthor(writer, key.Author);
        if (key.Action == EntryAction.Remove) return;
        WritePayload(writer, key.Payload, inList);
        if (key.IsBound) writer.WriteBoolean("bound"u8, true);
    }

    private static void WriteAuthor(Utf8JsonWriter writer, Author? author)
    {
        if (author is null) return;
        writer.WriteString("from"u8, author.Id);
        WriteName(writer, author);
    }

    private static void WriteName(Utf8JsonWriter writer, Author? author)
    {
        if (author?.Name is { } name) writer.WriteString("name"u8, name);
    }

    private static void WriteWhen(Utf8JsonWriter writer, long offset, DateTimeOffset time)
    {
        writer.WriteNumber("offset"u8, offset);
        writer.WriteNumber("time"u8, time.ToUnixTimeMilliseconds());
    }

    private static void WritePayload(Utf8JsonWriter writer, in Payload payload, bool inList)
    {
        switch (payload.Kind)
        {
            case PayloadKind.Text:
                writer.WriteString("text"u8, payload.Bytes.Span);
                break;
            case PayloadKind.Arguments:
                writer.WritePropertyName("args"u8);
                EventJson.WriteArguments(writer, payload);
                break;
            case PayloadKind.Binary when inList:
                writer.WriteBase64String("base64"u8, payload.Bytes.Span);
                break;
            default:
                writer.WriteBoolean("binary"u8, true);
                break;
        }
    }
}
