using System.Text.Json.Serialization.Metadata;

namespace Kodama;

/// <summary>One message in a room. Immutable; its payload's memory is borrowed (see <see cref="Payload"/>).</summary>
public readonly struct Message
{
    /// <summary>The event of a client that has no notion of events.</summary>
    public const string DefaultEvent = "message";

    internal Message(Peer? sender, Room? room, string eventName, Payload payload, DateTimeOffset time, long offset = 0)
    {
        Sender = sender;
        Room = room;
        Event = eventName;
        Payload = payload;
        Time = time;
        Offset = offset;
    }

    /// <summary>Who sent it; null when the hub's own program did.</summary>
    public Peer? Sender { get; }

    /// <summary>Who said it, as it is kept: the sender's, or that of a sender who has gone; null for the hub's own program.</summary>
    public Author? Author { get => field ?? Sender?.Author; init; }

    /// <summary>The author's id: of the session, or else of the peer.</summary>
    public string? From => Author?.Id;

    /// <summary>The author's detail <c>name</c>, if there is one.</summary>
    public string? Name => Author?.Name;

    /// <summary>By what its author knows it again, and what makes publishing it idempotent; null for none.</summary>
    public string? Id { get; init; }

    /// <summary>What its door keeps beside it, or null.</summary>
    public Note? Note { get; init; }

    /// <summary>
    /// <see cref="EntryKind.Message"/>; where a filter is asked about something else that a peer wants, that:
    /// <see cref="EntryKind.Presence"/>, whose payload is a member's data, or <see cref="EntryKind.State"/>. These have an empty
    /// <see cref="Event"/>.
    /// </summary>
    public EntryKind Kind => Change?.Kind ?? EntryKind.Message;

    /// <summary>The key of the state that is to be changed, or the member's id; null for messages.</summary>
    public string? Key => Change?.Key;

    /// <summary>What is to become of the key; a removal has no payload.</summary>
    public EntryAction Action => Change?.Action ?? EntryAction.None;

    /// <summary>Whether it takes no place in the room's order and is not kept: for those who are there now.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The room it was sent to; null when it was sent to all peers or to one.</summary>
    public Room? Room { get; }

    /// <summary>Whether a peer said it to another alone. A format that tells who spoke tells this too.</summary>
    public bool IsDirect => Room is null && Author is not null;

    /// <summary>The event's name, <see cref="DefaultEvent"/> by default.</summary>
    public string Event { get; }

    /// <summary>What it says.</summary>
    public Payload Payload { get; }

    /// <summary>Whether the payload is text.</summary>
    public bool IsText => Payload.IsText;

    /// <summary>The payload's text, decoded at each call.</summary>
    public string Text => Payload.Text;

    /// <summary>The payload's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => Payload.Bytes;

    /// <summary>When the hub received it.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>Its number in its room's epoch, from 1 without gaps; 0 before it is published, and for messages outside a room.</summary>
    public long Offset { get; }

    /// <summary>Its place in its room; null before it is published, and where it has none.</summary>
    public Position? Position => Room is not null && Offset > 0 ? new Position(Room.Epoch, Offset) : null;

    /// <summary>Text read as JSON, or the first argument of an event.</summary>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    /// <exception cref="System.Text.Json.JsonException">It is no JSON, or not of this type.</exception>
    public T? As<T>(JsonTypeInfo<T> type) => Payload.As(type);

    /// <summary>Who, and what.</summary>
    public override string ToString() => $"{Name ?? From}: {Payload}";

    internal Entry? Change { get; init; }

    internal Message With(Payload payload) =>
        new(Sender, Room, Event, payload, Time, Offset) { Author = Author, Id = Id, Note = Note, IsTransient = IsTransient,
            Change = Change };

    internal Message At(long offset, DateTimeOffset time) =>
        new(Sender, Room, Event, Payload, time, offset) { Author = Author, Id = Id, Note = Note, IsTransient = IsTransient };
}
