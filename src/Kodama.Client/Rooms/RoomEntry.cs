using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Kodama.Client.Protocol;

namespace Kodama.Client;

/// <summary>What comes of a room: one of the classes below. Immutable.</summary>
public abstract class RoomEntry
{
    private protected RoomEntry(RoomPosition position) => Position = position;

    /// <summary>Whoever has read this has everything up to here: where to join after another time.</summary>
    public RoomPosition Position { get; }
}

/// <summary>Something was said.</summary>
public sealed class RoomMessage : RoomEntry
{
    private readonly JsonText id;

    internal RoomMessage(RoomPosition position, JsonText id)
        : base(position) => this.id = id;

    /// <summary>When it was ordered, by the hub's clock.</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>Who said it: a session's id, or a peer's. Null for the hub's own program.</summary>
    public string? From { get; internal init; }

    /// <summary>The detail <c>name</c> of who said it, if there is one.</summary>
    public string? Name { get; internal init; }

    /// <summary>Whether this client said it, perhaps under an earlier session.</summary>
    public bool IsOwn { get; internal init; }

    /// <summary>The event; <c>message</c> where nobody gave another.</summary>
    public string Event { get; internal init; } = "";

    /// <summary>What was said.</summary>
    public RoomPayload Payload { get; internal init; }

    /// <summary>The id that its author gave it, if any.</summary>
    public string? Id => id.Get();

    /// <summary>Whether it has no place in the room: <see cref="RoomEntry.Position"/> is that of what came before it.</summary>
    public bool IsTransient { get; internal init; }

    /// <summary>Whether the payload is text.</summary>
    public bool IsText => Payload.IsText;

    /// <summary>The payload's text, decoded at each call.</summary>
    public string Text => Payload.Text;

    /// <summary>The payload's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => Payload.Bytes;

    /// <summary>Text read as JSON, or the first argument of an event.</summary>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    /// <exception cref="System.Text.Json.JsonException">It is no JSON, or not of this type.</exception>
    public T? As<T>(JsonTypeInfo<T> type) => Payload.As(type);

    /// <summary>Who, and what.</summary>
    public override string ToString() => $"{Name ?? From}: {Payload}";
}

/// <summary>What has become of a member.</summary>
public enum PresenceAction
{
    /// <summary>It is there; it may have been so before.</summary>
    Enter,

    /// <summary>Its data are others; who did not know of it learns it now.</summary>
    Update,

    /// <summary>It is gone; nothing, for who did not know of it.</summary>
    Leave,
}

/// <summary>Somebody has entered, has changed its data, or is gone. Comes where <see cref="JoinOptions.Presence"/> was asked for.</summary>
public sealed class PresenceChange : RoomEntry
{
    internal PresenceChange(RoomPosition position, PresenceAction action, RoomMember member)
        : base(position)
    {
        Action = action;
        Member = member;
    }

    /// <summary>What.</summary>
    public PresenceAction Action { get; }

    /// <summary>Who, with its data; one that has left has none (<c>null</c>).</summary>
    public RoomMember Member { get; }

    /// <summary>Who, and what.</summary>
    public override string ToString() => $"{Action} {Member.Name ?? Member.Id}";
}

/// <summary>A key of the room's state was set or removed. Comes where <see cref="JoinOptions.State"/> was asked for.</summary>
public sealed class StateChange : RoomEntry
{
    internal StateChange(RoomPosition position, string key, StateValue? value, string? from, bool isOwn)
        : base(position)
    {
        Key = key;
        Value = value;
        From = from;
        IsOwn = isOwn;
    }

    /// <summary>Which.</summary>
    public string Key { get; }

    /// <summary>Its value; null, where it was removed.</summary>
    public StateValue? Value { get; }

    /// <summary>Who did it; null for the hub's own program.</summary>
    public string? From { get; }

    /// <summary>Whether this client did.</summary>
    public bool IsOwn { get; }

    /// <summary>The key, and its value.</summary>
    public override string ToString() => $"{Key} = {Value?.Payload.ToString() ?? "(removed)"}";
}

/// <summary>Entries between <see cref="From"/> and <see cref="RoomEntry.Position"/> do not come: some at least of what was there the hub no
/// longer has, or this client has dropped.</summary>
public sealed class RoomGap : RoomEntry
{
    internal RoomGap(RoomPosition from, RoomPosition position, bool isOurs)
        : base(position)
    {
        From = from;
        IsOurs = isOurs;
    }

    /// <summary>Up to where everything was told. Of another epoch, where the room has begun anew.</summary>
    public RoomPosition From { get; }

    /// <summary>Whether it was dropped here, as nobody read (<see cref="JoinOptions.FullMode"/>); else the hub does not have it any
    /// more.</summary>
    public bool IsOurs { get; }

    /// <summary>From where to where.</summary>
    public override string ToString() => $"nothing of {From} to {Position}";
}

/// <summary>The members and the state as they are here, whatever was told before: first of all, where <see cref="JoinOptions.Presence"/> or
/// <see cref="JoinOptions.State"/> was asked for, and where changes since are no longer known.</summary>
public sealed class ListsReplaced : RoomEntry
{
    internal ListsReplaced(
        RoomPosition position, ImmutableDictionary<string, RoomMember> members, ImmutableDictionary<string, StateValue> state)
        : base(position)
    {
        Members = members;
        State = state;
    }

    /// <summary>By their ids; empty, if not asked for.</summary>
    public ImmutableDictionary<string, RoomMember> Members { get; }

    /// <summary>By key; empty, if not asked for.</summary>
    public ImmutableDictionary<string, StateValue> State { get; }
}

/// <summary>What was before has been told; what follows comes as it happens. At first, and each time that the room was joined
/// again.</summary>
public sealed class CaughtUp : RoomEntry
{
    internal CaughtUp(RoomPosition position)
        : base(position)
    {
    }
}
