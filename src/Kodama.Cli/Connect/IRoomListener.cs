using Kodama.Cli.Hubs;

namespace Kodama.Cli.Connect;

/// <summary>Hears what a <see cref="RoomFeed"/> reads, in order.</summary>
internal interface IRoomListener
{
    /// <summary>First: the hub, the room, and the others in it.</summary>
    void Entered(HubFacts facts, string room, IReadOnlyList<RoomPeer> others);

    void Joined(RoomPeer peer);

    void Left(RoomPeer peer);

    void Said(RoomMessage message);

    /// <summary>Something was said that the hub did not tell.</summary>
    void Missed();

    /// <summary>Once a second: what was heard before is all that happened.</summary>
    void Ticked();

    /// <summary>Last: nothing more is heard.</summary>
    void Ended();
}
