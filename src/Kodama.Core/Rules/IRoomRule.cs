namespace Kodama;

/// <summary>Decides what a peer may do in a room. Peers are asked side by side.</summary>
public interface IRoomRule
{
    /// <summary>
    /// What the peer may do there, as far as this rule goes; what another rule does not grant too it may not. Asked at each join, by each
    /// publisher and reader that is in no room, and for everyone inside by <see cref="Room.ReviewAsync"/>. An exception grants nothing,
    /// and is logged.
    /// </summary>
    /// <param name="peer">Who wants in; of one that comes by a door without connections, only what describes it.</param>
    /// <param name="room">The room's name. It need not exist.</param>
    /// <param name="token">What the client has brought for this room, or null.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone.</param>
    ValueTask<RoomVerdict> GrantAsync(Peer peer, string room, string? token, CancellationToken cancellationToken);
}
