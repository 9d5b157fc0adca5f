using Kodama.Client.Protocol;

namespace Kodama.Client.Rooms;

/// <summary>Makes entries of frames. One author often says several things in a row: its id and name are decoded once.</summary>
internal sealed class EntryMaker
{
    private static readonly ReadOnlyMemory<byte> Null = "null"u8.ToArray();

    private byte[] lastId = [];
    private byte[] lastName = [];
    private string? id;
    private string? name;

    public RoomMessage Message(HubFrame frame, RoomPosition position, bool isOwn) => new(position, frame.Id)
    {
        Time = frame.When,
        From = Decode(frame.From, ref lastId, ref id),
        Name = Decode(frame.Name, ref lastName, ref name),
        IsOwn = isOwn,
        Event = EventOf(frame),
        Payload = frame.Payload,
        IsTransient = frame.IsTransient,
    };

    public static RoomEntry Change(HubFrame frame, RoomPosition position, bool isOwn) => frame.Type == FrameType.Presence
        ? new PresenceChange(position, ActionOf(frame), Member(frame))
        : new StateChange(position, frame.Key.Get() ?? "", frame.Action.Is("remove"u8) ? null : Value(frame), frame.From.Get(), isOwn);

    public static RoomMember Member(HubFrame frame) =>
        new(frame.Member.Get() ?? "", frame.Name.Get(), frame.Data.IsEmpty ? Null : frame.Data, frame.When);

    public static StateValue Value(HubFrame frame) =>
        new(frame.From.Get(), frame.Name.Get(), frame.Payload, frame.IsBound, frame.When);

    public static string EventOf(HubFrame frame) => frame.Event.Is("message"u8) ? "message" : frame.Event.Get() ?? "message";

    private static PresenceAction ActionOf(HubFrame frame) =>
        frame.Action.Is("leave"u8) ? PresenceAction.Leave
        : frame.Action.Is("update"u8) ? PresenceAction.Update
        : PresenceAction.Enter;

    private static string? Decode(JsonText text, ref byte[] last, ref string? decoded)
    {
        if (text.IsMissing) return null;
        if (decoded is not null && text.Is(last)) return decoded;
        last = text.Utf8.ToArray();
        return decoded = text.Get();
    }
}
