namespace Kodama.Pusher;

/// <summary>A connection's place in a channel.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="Room">The channel's room; null for a user's own channel.</param>
/// <param name="Presence">Where it is told of users; null in other channels.</param>
internal sealed record Subscription(string Channel, Room? Room, PresenceChannel? Presence)
{
    /// <summary>How many subscriptions the connection was told of last. For the counter.</summary>
    public int Told { get; set; }

    /// <summary>It is taken out: its channel's users are not told to the connection any more.</summary>
    public void End(PusherPeer socket)
    {
        Presence?.Leave(socket);
        Presence?.LetGo();
    }
}
