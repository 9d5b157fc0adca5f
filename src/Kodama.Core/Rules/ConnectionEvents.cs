using Microsoft.Extensions.Logging;

namespace Kodama;

/// <summary>Tells those who want to know of peers that come and go, one after another, and keeps what they throw to itself.</summary>
internal sealed class ConnectionEvents(IEnumerable<IConnectionEvents> rules, ILogger logger)
{
    private readonly IConnectionEvents[] events = [.. rules];

    public bool AreSome => events.Length > 0;

    public async ValueTask ConnectedAsync(Peer peer, CancellationToken cancellationToken)
    {
        foreach (var told in events)
        {
            try
            {
                await told.ConnectedAsync(peer, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The client went away meanwhile, and the others are told of its coming all the same: they will be told of its going.
            }
            catch (Exception exception)
            {
                RulesLog.EventFailed(logger, told.GetType().Name, peer.Id, exception);
            }
        }
    }

    public async ValueTask DisconnectedAsync(Peer peer, CloseReason reason)
    {
        foreach (var told in events)
        {
            try
            {
                await told.DisconnectedAsync(peer, reason);
            }
            catch (Exception exception)
            {
                RulesLog.EventFailed(logger, told.GetType().Name, peer.Id, exception);
            }
        }
    }
}
