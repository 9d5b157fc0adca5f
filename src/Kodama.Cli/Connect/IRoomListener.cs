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

    void Said(RoomMessage message);

    /// <summary>Something was said that the hub did not tell.</summary>
    void Missed();

    /// <summary>Once a second: what was heard before is all that happened.</summary>
    void Ticked();

    /// <summary>Last: nothing more is heard.</summary>
    void Ended();
}
