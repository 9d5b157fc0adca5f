using System.Collections.Immutable;
using Kodama.Client.Protocol;

namespace Kodama.Client.Rooms;

/// <summary>The members and the state of a room, as of the last change that has come. Written under the client's lock, read by
/// anybody.</summary>
internal sealed class RoomLists
{
    private static readonly ImmutableDictionary<string, RoomMember> NoMembers =
        ImmutableDictionary.Create<string, RoomMember>(StringComparer.Ordinal);

    private static readonly ImmutableDictionary<string, StateValue> NoState =
        ImmutableDictionary.Create<string, StateValue>(StringComparer.Ordinal);

    private RoomPosition? upTo;

    public ImmutableDictionary<string, RoomMember> Members { get; private set => Volatile.Write(ref field, value); } = NoMembers;

    public ImmutableDictionary<string, StateValue> State { get; private set => Volatile.Write(ref field, value); } = NoState;

    /// <summary>Takes lists that replace what was known.</summary>
    public void Replace(HubFrame lists, RoomPosition at)
    {
        Members = NoMembers.AddRange(
            lists.Members?.Select(m => KeyValuePair.Create(m.Member.Get() ?? "", EntryMaker.Member(m))) ?? []);
        State = NoState.AddRange(lists.State?.Select(k => KeyValuePair.Create(k.Key.Get() ?? "", EntryMaker.Value(k))) ?? []);
        upTo = at;
    }

    /// <summary>A change that has come; one that came before, and comes again, is passed over.</summary>
    public void Apply(RoomEntry change)
    {
        if (upTo is { } known && known.Epoch == change.Position.Epoch && known.Offset >= change.Position.Offset) return;
        upTo = change.Position;
        switch (change)
        {
            case PresenceChange { Action: PresenceAction.Leave } left:
                Members = Members.Remove(left.Member.Id);
                break;
            case PresenceChange entered:
                Members = Members.SetItem(entered.Member.Id, entered.Member);
                break;
            case StateChange { Value: { } value } set:
                State = State.SetItem(set.Key, value);
                break;
            case StateChange removed:
                State = State.Remove(removed.Key);
                break;
        }
    }
}
