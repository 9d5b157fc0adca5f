using Kodama.Cli.Hubs;

namespace Kodama.Cli.Connect;

/// <summary>Hears what a <see cref="RoomFeed"/> reads, in order.</summary>
internal interface IRoomListener
{
    /// <summary>First: the hub, the room, and the others in it.</summary>
    void Entered(HubFacts facts, string room, IReadOnlyList<RoomPeer> others);

    /// <summary>Returns when it is shown: what follows waits for it.</summary>
    ValueTask JoinedAsync(RoomPeer peer, CancellationToken cancellationToken);

    /// <inheritdoc cref="JoinedAsync"/>
    ValueTask LeftAsync(RoomPeer peer, CancellationToken cancellationToken);

    /// <summary>Something was said, at this place in the room, that this peer hears too.</summary>
    void Said(long offset);
}
