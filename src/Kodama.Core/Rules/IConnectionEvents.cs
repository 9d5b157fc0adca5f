namespace Kodama;

/// <summary>Is told who comes and goes. The calls for one peer come one after another; exceptions are logged and change nothing.</summary>
public interface IConnectionEvents
{
    /// <summary>A peer has come in. It joins its room, and its first message is read, when this has ended.</summary>
    ValueTask ConnectedAsync(Peer peer, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>A peer has gone, for this reason. Called once for every peer that <see cref="ConnectedAsync"/> was called for.</summary>
    ValueTask DisconnectedAsync(Peer peer, CloseReason reason) => ValueTask.CompletedTask;
}
