namespace Kodama;

/// <summary>What a <see cref="HubEvent"/> tells of.</summary>
[Flags]
public enum HubEventKind
{
    /// <summary>A peer has joined a room.</summary>
    Join = 1,

    /// <summary>A peer has left a room.</summary>
    Leave = 2,

    /// <summary>A message was published.</summary>
    Message = 4,

    /// <summary>All of them.</summary>
    All = Join | Leave | Message,
}

/// <summary>One thing that happened in the hub. Events of a room come in the room's order.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Room">Where; null for a message to all peers or to one.</param>
/// <param name="Number">Counts the room's events in its epoch, from 1.</param>
/// <param name="Peer">Who joined, left or sent; null when the hub's program sent.</param>
/// <param name="Reason">For a leave: why the connection ended, if it has ended.</param>
/// <param name="Message">For a message: the message, with a payload of its own, of which <see cref="WatchOptions.MaxPayload"/> bytes are
/// kept.</param>
/// <param name="Time">When.</param>
/// <param name="Length">For a message: bytes of its payload as it was published, attachments included.</param>
public sealed record HubEvent(
    HubEventKind Kind, Room? Room, long Number, Peer? Peer, CloseReason? Reason, Message Message, DateTimeOffset Time, long Length = 0)
{
    // The event itself; a peer that has gone.
    private const int OwnCost = 256;
    private const int PeerCost = 512;

    /// <summary>Whether it is a message to all peers: <see cref="Hub.Send(Payload, IReadOnlyCollection{Peer}?)"/>.</summary>
    public bool IsForAll { get; init; }

    /// <summary>Whether the payload is only a beginning: it was longer than <see cref="WatchOptions.MaxPayload"/>.</summary>
    public bool IsCut => Length > Message.Payload.Length;

    /// <summary>About what it takes in memory, its peer included.</summary>
    internal long Cost =>
        OwnCost + Message.Payload.Length + Weight.Of(Message.Event) + (Peer is null ? 0 : PeerCost + Weight.Of(Peer.Author));

    internal HubEvent Cut(int maxPayload) => this with { Message = Message.With(Message.Payload.ToOwnedUpTo(maxPayload)) };
}
