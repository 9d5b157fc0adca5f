using System.Text.Json;
using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>What the hub answers to requests, as JSON (docs/specs/kodama.v1.md). A request without a number gets errors only.</summary>
internal static class V1Replies
{
    public static void Error(this Answers answers, long? number, in V1Error error)
    {
        var json = Begin("error"u8, number);
        json.Writer.WriteString("code"u8, error.Code);
        json.Writer.WriteString("text"u8, error.Text);
        answers.Add(json);
    }

    public static void Ok(this Answers answers, long? number)
    {
        if (number is not null) answers.Add(Begin("ok"u8, number));
    }

    public static void Ok(this Answers answers, long? number, Room room, in PublishResult result, bool isDuplicate)
    {
        if (number is null) return;
        var json = Begin("ok"u8, number);
        if (result.Offset > 0)
            json.Writer.WriteString("position"u8, new Position(result.Epoch ?? room.Epoch, result.Offset).ToString());
        if (isDuplicate) json.Writer.WriteBoolean("duplicate"u8, true);
        answers.Add(json);
    }

    /// <summary>
    /// Said with or without a number: without it the client would not know where it stands. False, where the hub has no memory for it.
    /// </summary>
    public static bool Joined(this Answers answers, long? number, Joined joined)
    {
        var json = Begin("joined"u8, number);
        json.Writer.WriteString("room"u8, joined.Room!.Name);
        json.Writer.WriteString("position"u8, joined.Position.ToString());
        if (joined.Room.Echo) json.Writer.WriteBoolean("echo"u8, true);
        if (joined.IsGap) json.Writer.WriteBoolean("gap"u8, true);
        if (joined.Keys is { } keys)
        {
            json.Writer.WriteString("at"u8, new Position(joined.Position.Epoch, joined.KeysAt).ToString());
            V1Entry.WriteLists(json.Writer, keys);
        }
        return answers.Add(json);
    }

    /// <summary>The other hubs are these now.</summary>
    public static void Cluster(this Answers answers, IReadOnlyList<IReadOnlyList<string>> others)
    {
        var json = Begin("cluster"u8, number: null);
        WriteCluster(json.Writer, others);
        answers.Add(json);
    }

    public static void WriteCluster(Utf8JsonWriter writer, IReadOnlyList<IReadOnlyList<string>> others)
    {
        writer.WriteStartArray("cluster"u8);
        foreach (var hub in others)
        {
            writer.WriteStartArray();
            foreach (var address in hub) writer.WriteStringValue(address);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    /// <summary>A review of the rules has taken it out of the room.</summary>
    public static void Left(this Answers answers, Room room)
    {
        var json = Begin("left"u8, number: null);
        json.Writer.WriteString("room"u8, room.Name);
        json.Writer.WriteString("code"u8, RefusalCodes.Name(RefusalCode.NotAllowed));
        json.Writer.WriteString("text"u8, CloseReason.NotAllowed.Text);
        answers.Add(json);
    }

    public static void Members(this Answers answers, long? number, Room room)
    {
        var list = room.Members.List();
        var json = Begin("members"u8, number);
        json.Writer.WriteString("room"u8, room.Name);
        json.Writer.WriteStartArray("members"u8);
        foreach (var member in list.Members)
            V1Entry.WriteListed(json.Writer, member.Id, member.Author, member.Data, member.Offset, member.Time);
        json.Writer.WriteEndArray();
        json.Writer.WriteString("position"u8, list.Position.ToString());
        answers.AddOrRefuse(number, json);
    }

    /// <summary>All keys, or the one that is asked for, if it is set.</summary>
    public static void State(this Answers answers, long? number, Room room, string? key)
    {
        var list = key is null ? room.State.List() : room.State.List(key);
        var json = Begin("state"u8, number);
        json.Writer.WriteString("room"u8, room.Name);
        json.Writer.WriteStartArray("state"u8);
        foreach (var entry in list.Keys) V1Entry.WriteListed(json.Writer, entry);
        json.Writer.WriteEndArray();
        json.Writer.WriteString("position"u8, list.Position.ToString());
        answers.AddOrRefuse(number, json);
    }

    public static void History(this Answers answers, V1Request request, Room room, EntryPage page)
    {
        // From where a next page in the same direction goes on.
        var next = request.After is null ? page.From with { Offset = page.From.Offset + 1 } : page.UpTo;
        var json = Begin("history"u8, request.Number);
        json.Writer.WriteString("room"u8, room.Name);
        json.Writer.WriteStartArray("messages"u8);
        foreach (var entry in page.Entries)
        {
            json.Writer.WriteStartObject();
            json.Writer.WriteNumber("offset"u8, entry.Offset);
            json.Writer.WriteNumber("time"u8, entry.Time.ToUnixTimeMilliseconds());
            V1Entry.WriteMessage(json.Writer, null, entry.Author, entry.Event, entry.Payload, entry.Id, inList: true);
            json.Writer.WriteEndObject();
        }
        json.Writer.WriteEndArray();
        json.Writer.WriteString("position"u8, next.ToString());
        if (page.IsGap) json.Writer.WriteBoolean("gap"u8, true);
        if (page.HasMore) json.Writer.WriteBoolean("more"u8, true);
        answers.AddOrRefuse(request.Number, json);
    }

    private static void AddOrRefuse(this Answers answers, long? number, V1Json json)
    {
        if (!answers.Add(json)) answers.Error(number, V1Error.NoMemory);
    }

    private static bool Add(this Answers answers, V1Json json)
    {
        var isAdded = answers.Add(MessageType.Text, json.End());
        json.Return();
        return isAdded;
    }

    private static V1Json Begin(ReadOnlySpan<byte> type, long? number)
    {
        var json = V1Json.Rent();
        json.Writer.WriteString("type"u8, type);
        if (number is { } n) json.Writer.WriteNumber("n"u8, n);
        return json;
    }
}
