using System.Text;
using System.Text.Json;

namespace Kodama.Ably;

/// <summary>Writes messages and annotations as Ably's clients read them (TM2, TAN2).</summary>
internal static class MessageWriter
{
    /// <summary>All of a message but what stands before it in a frame, into its map; of an edit first what its version has.</summary>
    /// <param name="writer">Where.</param>
    /// <param name="eventName">Its event.</param>
    /// <param name="payload">Its data.</param>
    /// <param name="author">Who.</param>
    /// <param name="id">Its id in the room, or null.</param>
    /// <param name="note">The rest.</param>
    /// <param name="isWhole">Whether who reads it has not what an append was added to.</param>
    public static void WriteMembers(
        WireWriter writer, string eventName, in Payload payload, Author? author, string? id, MessageNote note, bool isWhole)
    {
        if (note.IsEdit)
        {
            WriteAll(writer, note.Version);
            writer.End();
            id = null;
        }
        if (note.Serial is not null && note.Annotation.IsEmpty) writer.Name("serial"u8).Text(note.Serial);
        if ((note.Id ?? id) is { } told) writer.Name("id"u8).Text(told);
        if (!note.Annotation.IsEmpty) WriteAll(writer, note.Annotation);
        else if (!note.IsNameless) writer.Name("name"u8).Text(eventName);
        MessageData.Write(writer, payload, note.Encoding, isWhole ? 0 : note.Added);
        // Of an edit its author is another than the message's.
        if ((note.ClientId ?? (note.Serial is null ? author?.Name
            : null)) is { Length: > 0 } clientId) writer.Name("clientId"u8).Text(clientId);
        if (!note.Extras.IsEmpty) writer.Name("extras"u8).Json(note.Extras.Span);
        var action = note.Action == MessageAction.Append && isWhole ? MessageAction.Update : note.Action;
        if (action != MessageAction.Create) writer.Name("action"u8).Number((int)action);
        if (note.Timestamp != 0) writer.Name("timestamp"u8).Number(note.Timestamp);
        if (!note.Summary.IsEmpty) writer.Name("annotations"u8).StartMap().Name("summary"u8).Json(note.Summary.Span).End();
    }

    /// <summary>The members of an object of JSON, into a map.</summary>
    private static void WriteAll(WireWriter writer, ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty) return;
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = 2 * WireDocument.MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Encoding.UTF8.GetBytes(reader.GetString()!);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            writer.Name(name).Json(json.Span[start..(int)reader.BytesConsumed]);
        }
    }
}
