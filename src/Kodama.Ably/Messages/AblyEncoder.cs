using Kodama.Server;
using Kodama.WebSockets;

namespace Kodama.Ably;

/// <summary>How Ably's clients get what happens in a room: one format for all who read JSON, one for all who read MessagePack.</summary>
/// <param name="format">Which.</param>
/// <param name="prefix">Characters of a room's name before the channel's.</param>
internal sealed class AblyEncoder(WireFormat format, int prefix) : IMessageEncoder
{
    public bool CarriesPosition => true;

    // Only an ATTACHED could, which tells each client its own modes: who is overtaken comes again.
    public bool TellsGaps => false;

    public bool ReadsNotes => true;

    public Frame Encode(in Message message) => Encode(message, isKept: false);

    public Frame EncodeKept(in Message message) => Encode(message, isKept: true);

    public Frame Encode(Room room, Entry change)
    {
        if (change.Kind != EntryKind.Presence) return default;
        using var writer = WireWriter.Rent(format);
        FrameHead.Start(writer, ProtocolAction.Presence, isEdit: false, room.Epoch, change.Offset, change.Time);
        PresenceWriter.WriteMembers(writer, change, PresenceWriter.ActionOf(change));
        writer.End().End();
        return End(writer, room.Name, change.Author?.Id);
    }

    /// <summary>Members, where changes that a reader has missed are forgotten: a list that replaces what it knew.</summary>
    public Frame Encode(in RoomMark mark)
    {
        if (mark.Keys is not { } keys) return default;
        using var writer = WireWriter.Rent(format);
        PresenceWriter.WriteSync(writer, ChannelOf(mark.Room.Name), keys.Where(IsMember), mark.Room.Epoch, $"m{mark.KeysAt}", isLast: true);
        return ToFrame(writer);
    }

    public void Place(Span<byte> frame, long offset, DateTimeOffset time)
    {
        var head = (frame[1] & 0x7F) switch { 127 => 10, 126 => 4, _ => 2 };
        FrameHead.Place(frame[head..], format, offset, time);
    }

    private Frame Encode(in Message message, bool isKept)
    {
        if (message.Room is not { } room) return default;
        var note = MessageNote.Read(message.Note);
        using var writer = WireWriter.Rent(format);
        if (message.IsTransient) StartTransient(writer, message.Time);
        else
        {
            var action = note.Annotation.IsEmpty ? ProtocolAction.Message : ProtocolAction.Annotation;
            FrameHead.Start(writer, action, note.IsEdit, room.Epoch, message.Offset, message.Time);
        }
        MessageWriter.WriteMembers(writer, message.Event, message.Payload, message.Author, message.Id, note, isKept);
        writer.End().End();
        return End(writer, room.Name, message.Author?.Id);
    }

    private static bool IsMember(Entry entry) => entry.Kind == EntryKind.Presence;

    private static void StartTransient(WireWriter writer, DateTimeOffset time)
    {
        writer.StartMap().Name("action"u8).Number((int)ProtocolAction.Message);
        writer.Name("timestamp"u8).Number(time.ToUnixTimeMilliseconds()).Name("messages"u8).StartArray().StartMap();
    }

    private Frame End(WireWriter writer, string room, string? connectionId)
    {
        writer.Name("channel"u8).Text(ChannelOf(room));
        if (connectionId is not null) writer.Name("connectionId"u8).Text(connectionId);
        writer.End();
        return ToFrame(writer);
    }

    private ReadOnlySpan<char> ChannelOf(string room) => room.AsSpan(Math.Min(prefix, room.Length));

    private static Frame ToFrame(WireWriter writer) =>
        DoorKit.Encode(writer.IsJson ? MessageType.Text : MessageType.Binary, writer.Written);
}
