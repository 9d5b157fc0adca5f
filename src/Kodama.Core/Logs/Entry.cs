namespace Kodama;

/// <summary>One thing that happened in a room. Owns its memory, and does not change once it has its place.</summary>
public sealed class Entry
{
    private Payload payload;

    /// <summary>What it tells.</summary>
    public EntryKind Kind { get; init; }

    /// <summary>Its number in the room's epoch, from 1 without gaps; 0 until it is ordered.</summary>
    public long Offset { get; private set; }

    /// <summary>When it was ordered: whole milliseconds, and never before the entry before it.</summary>
    public DateTimeOffset Time { get; private set; }

    /// <summary>Who said it; null for the hub's own program.</summary>
    public Author? Author { get; init; }

    /// <summary>The author's id.</summary>
    public string? From => Author?.Id;

    /// <summary>The author's detail <c>name</c>, if there is one.</summary>
    public string? Name => Author?.Name;

    /// <summary>By what the author knows it again, or null.</summary>
    public string? Id { get; init; }

    /// <summary>The message's event.</summary>
    public string Event { get; init; } = Message.DefaultEvent;

    /// <summary>What was said, the member's data, or the key's value; empty where a key was removed.</summary>
    public Payload Payload { get => payload; init => payload = value; }

    /// <summary>What its door keeps beside it, or null.</summary>
    public Note? Note { get; init; }

    /// <summary>The payload's text, decoded at each call.</summary>
    public string Text => payload.Text;

    /// <summary>The member's id or the key of the state; null for messages.</summary>
    public string? Key { get; init; }

    /// <summary>What became of the key.</summary>
    public EntryAction Action { get; init; }

    /// <summary>Whether the key goes with its writer.</summary>
    public bool IsBound { get; init; }

    /// <summary>Ids of authors who neither hear nor read it; null for none.</summary>
    public IReadOnlySet<string>? Except { get; init; }

    /// <summary>Whether it takes no place and is not kept.</summary>
    public bool IsTransient { get; init; }

    /// <summary>What it counts for against the bounds of a room: the bytes of its payload and note, event, id and key, and the author's id
    /// and details.</summary>
    public long Size =>
        Payload.Length + (Note?.Bytes.Length ?? 0) + Event.Length + (Id?.Length ?? 0) + (Key?.Length ?? 0) + (Author?.Size ?? 0);

    /// <summary>About what it takes in memory beside itself.</summary>
    internal long Held => Payload.Length + Weight.Of(Key) + Weight.Of(Id) + Weight.Of(Scope) + Weight.Of(Author) + Weight.Of(Except)
        + Weight.Of(Note);

    /// <summary>Whether a reader may see it.</summary>
    public bool IsFor(Author? reader) => reader is null || Except?.Contains(reader.Id) != true;

    /// <summary>For engines: gives it its place. Called once, before it is delivered.</summary>
    /// <exception cref="InvalidOperationException">It has a place.</exception>
    public Entry Place(long offset, DateTimeOffset time)
    {
        if (Offset != 0) throw new InvalidOperationException($"The entry has offset {Offset} already.");
        (Offset, Time) = (offset, time);
        return this;
    }

    /// <summary>Says something else; before it has its place.</summary>
    internal void Replace(in Payload by) => payload = by;

    /// <summary>Who does not get it while it is handed out; only on its way through an engine.</summary>
    internal Peer? Sender { get; init; }

    /// <inheritdoc cref="PublishOptions.Without"/>
    internal Peer? Without { get; init; }

    /// <summary>For whom its id counts, where that is not the author.</summary>
    public string? Scope { get; internal set; }

    /// <summary>Whether each hub appends it, under an id of which the first counts: where it is not known what became of it, a store that
    /// decides sends it again, and never lets what is behind it go before.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>What the id stands for.</summary>
    public UInt128 Digest { get; internal set; }

    /// <summary>Where it is sent again: what its author knew before it sent it first. For stores that decide.</summary>
    public Position? FirstSeen { get; internal set; }

    /// <summary>What must be so of its key. For stores that decide.</summary>
    public KeyCondition Condition { get; internal set; }

    /// <summary>Ended when it is kept, or could not be; only on its way through an engine.</summary>
    internal TaskCompletionSource<PublishResult>? Pending { get; set; }

    /// <summary>What it does to the number and the bytes of the keys; only on its way through an engine.</summary>
    internal (int Keys, long Bytes) Difference { get; set; }

    /// <summary>Whether it is of a life of the hub that is over, and its removal is on its way: to all who ask it is gone.</summary>
    internal bool IsLeftOver { get; set; }

    /// <summary>As a message of the room; only for those of kind <see cref="EntryKind.Message"/>.</summary>
    internal Message ToMessage(Room? room) =>
        new(Sender, room, Event, Payload, Time, Offset) { Author = Author, Id = Id, Note = Note, IsTransient = IsTransient };
}
