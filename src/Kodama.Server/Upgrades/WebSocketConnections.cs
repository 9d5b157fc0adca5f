using System.Collections.Concurrent;
using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>The WebSocket connections of all doors that have not ended, with one timer for all of them.</summary>
internal sealed class WebSocketConnections : IDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    // With each, who waits for its end: a request that must stay as long.
    private readonly ConcurrentDictionary<WebSocketConnection, TaskCompletionSource?> connections = new();
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private readonly CancellationTokenSource stopping = new();
    private TaskCompletionSource? emptied;
    private int ticking;

    public WebSocketConnections(TimeProvider time)
    {
        this.time = time;
        timer = time.CreateTimer(static connections => ((WebSocketConnections)connections!).Tick(), this, TickInterval, TickInterval);
    }

    /// <summary>Those being refused or closed included.</summary>
    public int Count => connections.Count;

    /// <summary>Cancelled when connections are to be closed, as the server is to stop.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Keeps a connection until <see cref="Remove"/>.</summary>
    /// <param name="connection">Whose handler removes it when it is closed.</param>
    /// <param name="ended">Set then, or null.</param>
    public void Add(WebSocketConnection connection, TaskCompletionSource? ended = null) => connections[connection] = ended;

    public void Remove(WebSocketConnection connection)
    {
        if (connections.TryRemove(connection, out var ended)) ended?.SetResult();
        // Either this thread sees who waits, or whoever waits sees that this one has gone.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref emptied) is { } waiter && connections.IsEmpty) waiter.TrySetResult();
    }

    /// <summary>Tells those who own connections to close them.</summary>
    public void Stop() => stopping.Cancel();

    /// <summary>Ends when no connection is left. One at a time may wait.</summary>
    public Task WhenEmptyAsync()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref emptied, waiter);
        if (connections.IsEmpty) waiter.TrySetResult();
        return waiter.Task;
    }

    /// <summary>Cuts off whoever is left.</summary>
    public void Abort()
    {
        foreach (var (connection, _) in connections) connection.Abort("The hub has stopped.");
    }

    public void Dispose()
    {
        timer.Dispose();
        Abort();
        stopping.Dispose();
    }

    private void Tick()
    {
        // A timer's calls may overlap when one takes long; a connection is ticked by one thread.
        if (Interlocked.Exchange(ref ticking, 1) == 1) return;
        var now = (long)time.GetElapsedTime(0).TotalMilliseconds;
        foreach (var (connection, _) in connections) connection.Tick(now);
        Volatile.Write(ref ticking, 0);
    }
}
