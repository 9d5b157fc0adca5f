using System.Collections.Concurrent;
using Kodama.WebSockets;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>The door for any WebSocket client: text and binary messages, relayed as they are. It keeps the connections and one timer for all of them.</summary>
internal sealed class WebSocketDoor : IDisposable
{
    public const string Name = "websocket";

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<WebSocketPeer, bool> peers = new();
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private readonly RawEncoder plain = new(null);
    private readonly RawEncoder deflated;
    private TaskCompletionSource? emptied;
    private int ticking;

    public WebSocketDoor(Hub hub, KodamaOptions options, KodamaMetrics metrics, TimeProvider time, ILogger<WebSocketDoor> logger)
    {
        Hub = hub;
        Metrics = metrics;
        Logger = logger;
        this.time = time;
        ReaderOptions = new MessageReaderOptions { MaxMessageSize = options.MaxMessageSize, MaxFragments = options.MaxFragments };
        ConnectionOptions = new ConnectionOptions { PingInterval = options.PingInterval, PongTimeout = options.PongTimeout, CloseTimeout = options.CloseTimeout };
        Deflate = options.Compression ? new PerMessageDeflateOptions() : null;
        deflated = new RawEncoder(Deflate);
        timer = time.CreateTimer(static door => ((WebSocketDoor)door!).Tick(), this, TickInterval, TickInterval);
    }

    public Hub Hub { get; }

    public KodamaMetrics Metrics { get; }

    public ILogger Logger { get; }

    public MessageReaderOptions ReaderOptions { get; }

    public ConnectionOptions ConnectionOptions { get; }

    /// <summary>What is accepted of permessage-deflate, or null for none.</summary>
    public PerMessageDeflateOptions? Deflate { get; }

    /// <summary>Connections that have not ended, those being refused or closed included.</summary>
    public int ConnectionCount => peers.Count;

    public IMessageEncoder Encoder(bool compressed) => compressed ? deflated : plain;

    public WebSocketPeer Add(Duplex duplex, DeflateParameters? deflate, TaskCompletionSource? ended)
    {
        var peer = new WebSocketPeer(this, duplex, deflate, ended);
        peers[peer] = true;
        return peer;
    }

    public void Remove(WebSocketPeer peer)
    {
        peers.TryRemove(peer, out _);
        // Either this thread sees who waits, or whoever waits sees that this one has gone.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref emptied) is { } waiter && peers.IsEmpty) waiter.TrySetResult();
    }

    /// <summary>Ends when no connection is left. One at a time may wait.</summary>
    public Task WhenEmptyAsync()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref emptied, waiter);
        if (peers.IsEmpty) waiter.TrySetResult();
        return waiter.Task;
    }

    /// <summary>Cuts off whoever is left.</summary>
    public void Abort()
    {
        foreach (var (peer, _) in peers) peer.Connection.Abort("The hub has stopped.");
    }

    public void Dispose()
    {
        timer.Dispose();
        Abort();
    }

    private void Tick()
    {
        // A timer's calls may overlap when one takes long; a connection is ticked by one thread.
        if (Interlocked.Exchange(ref ticking, 1) == 1) return;
        var now = (long)time.GetElapsedTime(0).TotalMilliseconds;
        foreach (var (peer, _) in peers) peer.Connection.Tick(now);
        Volatile.Write(ref ticking, 0);
    }
}
