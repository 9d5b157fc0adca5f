using System.Globalization;
using System.Text.Json;

namespace Kodama.Server;

/// <summary>
/// How a room's event stream tells what happens there: with positions, so that a reader that was cut off or too slow goes on from its own.
/// </summary>
internal sealed class SseEncoder : IMessageEncoder
{
    public static readonly SseEncoder Instance = new();

    // What stands between the offset and the time, and the time itself: filled in when the message has its place.
    private static ReadOnlySpan<byte> BeforeTime => "\ndata: {\"time\":\""u8;

    private SseEncoder()
    {
    }

    public bool CarriesPosition => true;

    public Frame Encode(in Message message)
    {
        var frames = SseFrames.Begin();
        Position? position = message.Room is { } room && !message.IsTransient ? new Position(room.Epoch, message.Offset) : null;
        frames.Event("message"u8, position, message, static (json, said) =>
        {
            EntryJson.WriteMessage(json, said.Time, said.Id, said.Event, said.Author, said.Payload);
            if (said.IsDirect) json.WriteBoolean("direct"u8, true);
        });
        return frames.ToFrame();
    }

    public Frame Encode(Room room, Entry change)
    {
        var frames = SseFrames.Begin();
        var position = new Position(room.Epoch, change.Offset);
        if (change.Kind == EntryKind.Presence) frames.Event("presence"u8, position, change, WritePresence);
        else frames.Event("state"u8, position, change, static (json, entry) => EntryJson.WriteState(json, entry));
        return frames.ToFrame();
    }

    /// <summary>How far the reader has come; of its join too.</summary>
    public Frame Encode(in RoomMark mark)
    {
        var frames = SseFrames.Begin();
        if (mark.Gap is null) frames.At(mark.Position);
        else frames.Event("gap"u8, mark.Position, mark.Position, static (json, at) => json.WriteString("position"u8, at.ToString()));
        if (mark.Keys is not null) frames.Event("snapshot"u8, null, mark, WriteSnapshot);
        return frames.ToFrame();
    }

    /// <summary>Why the stream ends.</summary>
    public static Frame Encode(CloseReason reason)
    {
        var frames = SseFrames.Begin();
        frames.Event("close"u8, null, reason, static (json, given) =>
        {
            json.WriteNumber("code"u8, given.Code);
            json.WriteString("text"u8, given.Text);
        });
        return frames.ToFrame();
    }

    public void Place(Span<byte> frame, long offset, DateTimeOffset time)
    {
        // Of an event the second line; a mark is that line alone, and has no time.
        var isMark = frame.StartsWith(SseFrames.Id);
        var id = isMark ? frame : frame[(frame.IndexOf((byte)'\n') + 1)..];
        var end = id.IndexOf((byte)'\n');
        offset.TryFormat(id[(end - SseFrames.OffsetDigits)..end], out _, "D20", CultureInfo.InvariantCulture);
        if (isMark) return;
        time.UtcDateTime.TryFormat(id[(end + BeforeTime.Length)..], out _, UtcMilliseconds.Format, CultureInfo.InvariantCulture);
    }

    private static void WritePresence(Utf8JsonWriter json, Entry change)
    {
        EntryJson.WriteMember(json, change.Key!, change.Author!, change.Payload, change.Time);
        json.WriteString("action"u8, change.Action switch
        {
            EntryAction.Enter => "enter"u8,
            EntryAction.Update => "update"u8,
            _ => "leave"u8,
        });
    }

    // No position of the stream's: what lies between the reader's own and the list's is still to come.
    private static void WriteSnapshot(Utf8JsonWriter json, RoomMark mark)
    {
        json.WriteString("position"u8, (mark.Position with { Offset = mark.KeysAt }).ToString());
        json.WriteStartArray("members"u8);
        foreach (var entry in mark.Keys!)
        {
            if (entry.Kind == EntryKind.Presence) EntryJson.Write(json, mark.Position.Epoch, entry);
        }
        json.WriteEndArray();
        json.WriteStartArray("state"u8);
        foreach (var entry in mark.Keys!)
        {
            if (entry.Kind == EntryKind.State) EntryJson.Write(json, mark.Position.Epoch, entry);
        }
        json.WriteEndArray();
    }
}
