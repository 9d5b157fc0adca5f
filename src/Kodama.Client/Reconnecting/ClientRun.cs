using Kodama.Client.Connecting;
using Kodama.Client.Status;

namespace Kodama.Client.Reconnecting;

/// <summary>A client's one life: not started, connected and connected again, closed.</summary>
internal sealed class ClientRun : IAsyncDisposable
{
    private readonly object client;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConnectionLoop loop;
    private readonly Lock gate = new();
    private Task<bool>? running;
    private bool closed;

    public ClientRun(
        object client, HubTarget target, ClientSettings settings, Func<CancellationToken, IConversation> converse,
        Action<ClientStatus> handlers)
    {
        this.client = client;
        Status = new StatusFeed(handlers);
        loop = new ConnectionLoop(new Connector(target, settings), settings, Status, converse(stopping.Token), stopping.Token);
    }

    public StatusFeed Status { get; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, client);
            if (running is not null) throw new InvalidOperationException("The client has been started already.");
            // Away from the caller's context, and from what flows with it.
            using AsyncFlowControl? nothing = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
            running = Task.Run(loop.RunAsync, CancellationToken.None);
        }
        try
        {
            await loop.FirstConnection.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <returns>Whether the hub has answered the goodbye.</returns>
    public async Task<bool> CloseAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        Task<bool> ended;
        lock (gate)
        {
            closed = true;
            // One that never ran ends as one that did.
            ended = running ??= loop.RunAsync();
        }
        return await ended.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await CloseAsync(CancellationToken.None).ConfigureAwait(false);

    /// <summary>Tells the handlers of a change, whatever they do.</summary>
    public static void Tell(object client, EventHandler<ClientStatus>? handlers, ClientStatus next)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(client, next);
            }
            catch (Exception)
            {
                // The handler's own affair; it must not keep the others, or the client, from going on.
            }
        }
    }
}
