namespace Kodama.Ably;

/// <summary>Writes messages of a room by themselves.</summary>
internal static class HistoryWriter
{
    /// <summary>Whether an entry is a message of its own, and no change of one.</summary>
    public static bool IsMessage(Entry entry)
    {
        if (entry.Note is null) return true;
        var note = MessageNote.Read(entry.Note);
        return !note.IsEdit && note.Annotation.IsEmpty;
    }

    /// <summary>A message, edit or annotation; with the summary of its annotations, where there is one.</summary>
    public static void Write(WireWriter writer, Room room, Entry entry, ReadOnlyMemory<byte> summary = default)
    {
        var note = MessageNote.Read(entry.Note);
        var serial = Serial.Of(room.Epoch, entry.Offset, entry.Time);
        writer.StartMap();
        if (note.IsEdit)
        {
            writer.Name("version"u8).StartMap().Name("serial"u8).Text(serial);
            writer.Name("timestamp"u8).Number(entry.Time.ToUnixTimeMilliseconds());
        }
        else writer.Name("serial"u8).Text(serial);
        if (!note.IsEdit && note.Id is null && entry.Id is null) writer.Name("id"u8).Text($"{serial}:0");
        MessageWriter.WriteMembers(writer, entry.Event, entry.Payload, entry.Author, entry.Id, note, isWhole: true);
        if (!summary.IsEmpty) writer.Name("annotations"u8).StartMap().Name("summary"u8).Json(summary.Span).End();
        if (entry.Author is { } author) writer.Name("connectionId"u8).Text(author.Id);
        if (note.Timestamp == 0) writer.Name("timestamp"u8).Number(entry.Time.ToUnixTimeMilliseconds());
        writer.End();
    }
}
