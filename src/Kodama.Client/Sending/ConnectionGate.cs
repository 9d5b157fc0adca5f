using Kodama.Client.Connecting;

namespace Kodama.Client.Sending;

/// <summary>The connection of the moment, for those who send.</summary>
internal sealed class ConnectionGate
{
    private readonly Lock gate = new();
    private TaskCompletionSource<HubConnection>? awaited;
    private HubConnection? current;
    private Exception? cause;
    private bool last;
    private bool closed;

    public HubConnection? Current => Volatile.Read(ref current);

    public void Open(HubConnection connection)
    {
        lock (gate)
        {
            if (closed) return;
            Volatile.Write(ref current, connection);
            awaited?.TrySetResult(connection);
            awaited = null;
        }
    }

    /// <summary>This connection has ended. The next may be there already.</summary>
    public void Break(HubConnection connection, Exception? why)
    {
        lock (gate)
        {
            if (current != connection) return;
            Volatile.Write(ref current, null);
            cause = why;
        }
    }

    /// <summary>The connection of the moment is the last.</summary>
    public void ExpectNoMore()
    {
        lock (gate)
        {
            last = true;
            FailAwaited_NeedsLock();
        }
    }

    /// <summary>There will be no connection any more.</summary>
    public void Close(Exception? why)
    {
        lock (gate)
        {
            closed = true;
            Volatile.Write(ref current, null);
            cause = why;
            FailAwaited_NeedsLock();
        }
    }

    /// <summary>The next connection.</summary>
    /// <exception cref="NotConnectedException">There will be none.</exception>
    public Task<HubConnection> WaitAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (current is { } connection) return Task.FromResult(connection);
            if (last || closed) return Task.FromException<HubConnection>(NotConnected());
            awaited ??= new TaskCompletionSource<HubConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
            return awaited.Task.WaitAsync(cancellationToken);
        }
    }

    public NotConnectedException NotConnected() => last || closed
        ? new NotConnectedException("The client is closed, and sends no more: make a new one.", cause)
        : new NotConnectedException(
            "There is no connection to the hub at the moment, and nothing was sent: wait for status Connected, or set WaitForConnection.",
            cause);

    private void FailAwaited_NeedsLock()
    {
        awaited?.TrySetException(NotConnected());
        // Whoever waited may have gone since: nobody needs to see it.
        _ = awaited?.Task.Exception;
        awaited = null;
    }
}
