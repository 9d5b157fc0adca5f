using Kodama.Client.Connecting;

namespace Kodama.Client.Sending;

/// <summary>The connection of the moment, for those who send.</summary>
internal sealed class ConnectionGate
{
    private readonly Lock gate = new();
    private TaskCompletionSource<HubConnection>? awaited;
    private HubConnection? current;
    private Exception? cause;
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

    public void Break(Exception? why)
    {
        lock (gate)
        {
            Volatile.Write(ref current, null);
            cause = why;
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
            awaited?.TrySetException(NotConnected());
            // Whoever waited may have gone since: nobody needs to see it.
            _ = awaited?.Task.Exception;
            awaited = null;
        }
    }

    /// <summary>The next connection.</summary>
    /// <exception cref="NotConnectedException">There will be none.</exception>
    public Task<HubConnection> WaitAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (current is { } connection) return Task.FromResult(connection);
            if (closed) return Task.FromException<HubConnection>(NotConnected());
            awaited ??= new TaskCompletionSource<HubConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
            return awaited.Task.WaitAsync(cancellationToken);
        }
    }

    public NotConnectedException NotConnected() => closed
        ? new NotConnectedException("The client is closed, and sends no more: make a new one.", cause)
        : new NotConnectedException("There is no connection to the hub at the moment: wait for status Connected, or set WaitForConnection.", cause);
}
