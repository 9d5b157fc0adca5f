using System.Text;

namespace Kodama.Ably;

/// <summary>Writes members as Ably's clients read them (TP3).</summary>
internal static class PresenceWriter
{
    /// <summary>A change of a member, or a member, into its map; all but time and connection, which stand around it.</summary>
    public static void WriteMembers(WireWriter writer, Entry entry, PresenceAction action)
    {
        var note = MessageNote.Read(entry.Note);
        writer.Name("action"u8).Number((int)action);
        // Without one it is the hub's own word, and has the id of the frame.
        if ((note.Id ?? entry.Id) is { } id) writer.Name("id"u8).Text(id);
        writer.Name("clientId"u8).Text(ClientIdOf(entry));
        if (note.Data is null) MessageData.WriteMember(writer, entry.Payload.Bytes.Span, note.Encoding);
        else MessageData.WriteText(writer, Encoding.UTF8.GetBytes(note.Data), note.Encoding);
        if (!note.Extras.IsEmpty) writer.Name("extras"u8).Json(note.Extras.Span);
    }

    /// <summary>A member or change by itself.</summary>
    public static void Write(WireWriter writer, Entry entry, PresenceAction action, string epoch)
    {
        writer.StartMap();
        WriteMembers(writer, entry, action);
        if (entry.Id is null && entry.Note is null) writer.Name("id"u8).Text(Serial.Of(epoch, entry.Offset, entry.Time));
        writer.Name("connectionId"u8).Text(entry.Author?.Id ?? "").Name("timestamp"u8).Number(entry.Time.ToUnixTimeMilliseconds()).End();
    }

    /// <summary>A page of a SYNC, or all of it (RTP18).</summary>
    public static void WriteSync(WireWriter writer, ReadOnlySpan<char> channel, IEnumerable<Entry> members, string epoch, string id,
        bool isLast)
    {
        writer.StartMap().Name("action"u8).Number((int)ProtocolAction.Sync).Name("channel"u8).Text(channel);
        writer.Name("channelSerial"u8).Text(isLast ? $"{id}:" : $"{id}:more").Name("presence"u8).StartArray();
        foreach (var member in members) Write(writer, member, PresenceAction.Present, epoch);
        writer.End().End();
    }

    /// <summary>What has become of a member.</summary>
    public static PresenceAction ActionOf(Entry change) => change.Action switch
    {
        EntryAction.Enter => PresenceAction.Enter,
        EntryAction.Update => PresenceAction.Update,
        _ => PresenceAction.Leave,
    };

    /// <summary>The name by which a member entered, or its author's, or its author.</summary>
    public static string ClientIdOf(Entry entry) => ClientIdOf(entry.Key!, entry.Author);

    /// <inheritdoc cref="ClientIdOf(Entry)"/>
    public static string ClientIdOf(string member, Author? author) =>
        author is null ? member : MemberRole.NameIn(member, author.Id) ?? author.Name ?? author.Id;
}
