using Kodama.Cli.Hubs;
using Kodama.Cli.Terminals;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>A conversation for a pipe: one message per line on standard output, and nothing else; how the connection is, on standard error.</summary>
internal sealed class LineView(Terminal terminal) : IConversationView
{
    private bool wasConnected;

    public bool ShowsPeople => false;

    public void Status(ClientStatus status)
    {
        if (status is ClientStatus.Reconnecting reconnecting) terminal.WriteError($"kodama: {Words.Of(reconnecting)}");
        if (status is not ClientStatus.Connected { Address: var address }) return;
        if (wasConnected) terminal.WriteError($"kodama: connected again, at {HubWords.Address(address)}.");
        wasConnected = true;
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

    public void Sent(string line)
    {
    }
}
