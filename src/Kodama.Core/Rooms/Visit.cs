namespace Kodama;

/// <summary>
/// What a client that holds no connection asks of a room, as by a request over HTTP: who it is, as the rules see it, and what they have
/// answered. From <c>Hub.VisitAsync</c>, for that request. Used by one thread at a time.
/// </summary>
public sealed class Visit
{
    internal Visit(Peer client, string room, string? token) => (Client, Room, Token) = (client, room, token);

    /// <summary>The client: described, and never connected.</summary>
    public Peer Client { get; }

    /// <summary>The room's name. It need not exist.</summary>
    public string Room { get; }

    /// <summary>What the rules of the room grant.</summary>
    public RoomRights Rights => Grant.Rights;

    /// <summary>Why it may not do what it asks for: a validator, or the rules of the room; null, if it may.</summary>
    public PublishResult? Refusal { get; internal set; }

    internal string? Token { get; }

    internal RoomGrant Grant { get; set; }
}
