using Kodama.Client.Connecting;
using Kodama.Client.Messages;
using Kodama.Client.Reconnecting;

namespace Kodama.Client.Sending;

/// <summary>The raw door: messages, and nothing said about them.</summary>
internal sealed class RawConversation(MessageQueue messages, ConnectionGate gate, SendTurns turns) : IConversation
{
    public SendTurns Turns => turns;

    public bool IsResumed => false;

    public Task GreetAsync(HubConnection connection, CancellationToken cancellationToken) => Task.CompletedTask;

    public void Open(HubConnection connection) => gate.Open(connection);

    public ValueTask TakeAsync(HubMessage message, CancellationToken lost, CancellationToken stopping) =>
        messages.AddAsync(message, lost, stopping);

    public void ExpectNoMore() => gate.ExpectNoMore();

    public void Break(HubConnection connection, Exception cause) => gate.Break(connection, cause);

    public void Close(Exception? cause) => gate.Close(cause);

    public void Complete(Exception? cause) => messages.Complete(cause);
}
