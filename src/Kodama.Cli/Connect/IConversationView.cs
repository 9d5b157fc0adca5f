using Kodama.Cli.Hubs;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>Shows what happens in a room. Called from one thread at a time.</summary>
internal interface IConversationView
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

    /// <summary>A line of this end is on its way.</summary>
    void Sent(string line);

    /// <summary>The connection broke while a line was being sent, which may have arrived or not.</summary>
    /// <param name="line">The line.</param>
    /// <param name="again">Whether it is sent again.</param>
    void Doubtful(string line, bool again);
}
