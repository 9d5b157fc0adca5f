using System.Collections.Concurrent;

namespace Kodama.Server.Tests;

internal sealed class LambdaValidator(Func<Peer, CancellationToken, ValueTask<PeerVerdict>> validate) : IPeerValidator
{
    public ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken) => validate(peer, cancellationToken);
}

internal sealed class LambdaFilter(Func<Message, ValueTask<FilterResult>> filter) : IMessageFilter
{
    public ValueTask<FilterResult> FilterAsync(Message message, CancellationToken cancellationToken) => filter(message);
}

internal sealed class ConnectionRecorder : IConnectionEvents
{
    public ConcurrentQueue<Peer> Connected { get; } = [];

    public ConcurrentQueue<(Peer Peer, CloseReason Reason)> Disconnected { get; } = [];

    public ValueTask ConnectedAsync(Peer peer, CancellationToken cancellationToken)
    {
        Connected.Enqueue(peer);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisconnectedAsync(Peer peer, CloseReason reason)
    {
        Disconnected.Enqueue((peer, reason));
        return ValueTask.CompletedTask;
    }
}
