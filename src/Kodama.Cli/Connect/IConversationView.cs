using Kodama.Cli.Hubs;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>Shows what happens in a room. Called from one thread at a time.</summary>
internal interface IConversationView : ILineView
{
    /// <summary>Whether it shows who speaks, comes and goes; if not, nobody asks the hub.</summary>
    bool ShowsPeople { get; }

    /// <summary>For the first time, or again.</summary>
    void Connected(SocketPlace place);

    /// <summary>Any other.</summary>
    void Status(ClientStatus status);

    /// <summary>What the hub tells of itself, and who is in the room: after each connection, if the hub lets it be read.</summary>
    void Entered(HubFacts facts, string room, IReadOnlyList<RoomPeer> others);

    void Joined(RoomPeer peer);

    void Left(RoomPeer peer);

    /// <param name="message">The message.</param>
    /// <param name="sender">Who sent it; null where it is not known.</param>
    void Message(HubMessage message, RoomPeer? sender);

    /// <summary>Some of what was said is missing here.</summary>
    void Missing();
}
