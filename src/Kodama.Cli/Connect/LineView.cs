using Kodama.Cli.Hubs;
using Kodama.Cli.Terminals;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>A conversation for a pipe: one message per line on standard output, and nothing else; how the connection is, on standard
/// error.</summary>
/// <param name="terminal">Both.</param>
/// <param name="saysWhere">Whether to tell where the hub is: who has named it has not said that, and anybody may take a name.</param>
internal sealed class LineView(Terminal terminal, bool saysWhere) : IConversationView
{
    private bool wasConnected;

    public bool ShowsPeople => false;

    public void Connected(SocketPlace place)
    {
        if (wasConnected || saysWhere) terminal.WriteError($"kodama: connected {(wasConnected ? "again, " : "")}to {place}");
        wasConnected = true;
    }

    public void Status(ClientStatus status)
    {
        if (status is ClientStatus.Reconnecting reconnecting) terminal.WriteError($"kodama: {Words.Of(reconnecting)}");
    }

    public void Entered(HubFacts facts, string room, IReadOnlyList<RoomPeer> others)
    {
    }

    public void Joined(RoomPeer peer)
    {
    }

    public void Left(RoomPeer peer)
    {
    }

    public void Message(HubMessage message, RoomPeer? sender) => terminal.WriteLine(Words.Of(message));

    public void Missing() => terminal.WriteError("kodama: some of what was said is missing here.");

    public void Refused(string line, string why) => terminal.WriteError(Words.Refused(why));

    public void Sent(string line)
    {
    }

    public void Doubtful(string line, bool again) => terminal.WriteError(Words.Doubtful);
}
