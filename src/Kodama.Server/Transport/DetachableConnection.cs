using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>
/// A socket, or TLS over it, as Kestrel sees it: two pipes. Between reads it waits with an empty receive, which whoever detaches the socket
/// inherits, so that nothing has to be cancelled and no byte can be lost.
/// </summary>
/// <remarks>
/// A client may end its half right behind what it asks for (RFC 9112 section 9.6): it gets its answer. One that ends it later has given up,
/// as a program does that closes its socket; no packet tells the two apart.
/// </remarks>
internal sealed class DetachableConnection : DefaultConnectionContext, IDetachFeature, IDuplexOwner, INewcomer
{
    private static readonly TimeSpan RightBehind = TimeSpan.FromSeconds(1);

    // How long an answer may take whose client may have gone for good.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Kestrel and the application run apart from the thread that must receive what they may wait for.
    private static readonly PipeOptions IncomingOptions = new(
        readerScheduler: PipeScheduler.ThreadPool, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);

    private static readonly PipeOptions OutgoingOptions = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);

    private static long lastId;

    private readonly Wire wire;
    private readonly Newcomers newcomers;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Duplex duplex;
    private readonly DuplexPipe transport;
    private readonly PipeWriter input;
    private readonly PipeReader output;
    private readonly CancellationTokenSource closed = new();
    private readonly Lock gate = new();
    private readonly Task sending;

    private ReadState state = ReadState.Waiting;
    private TaskCompletionSource? stopped;
    private WebSocketConnection? successor;

    private bool isNew = true;
    private volatile bool hasSpoken;
    private HeadEnd headEnd;
    private long heardAt;
    private ITimer? patience;
    private bool toldClosed;

    public DetachableConnection(Wire wire, Newcomers newcomers, TimeProvider time, ILogger logger, long? arrivedAt = null)
        : base(string.Create(CultureInfo.InvariantCulture, $"K{Interlocked.Increment(ref lastId):X}"))
    {
        this.wire = wire;
        this.newcomers = newcomers;
        this.time = time;
        this.logger = logger;
        duplex = wire.Duplex;
        duplex.Owner = this;
        var incoming = new Pipe(IncomingOptions);
        var outgoing = new Pipe(OutgoingOptions);
        input = incoming.Writer;
        output = outgoing.Reader;
        Transport = transport = new DuplexPipe(new EndLastReader(incoming.Reader), outgoing.Writer);
        ConnectionClosed = closed.Token;
        LocalEndPoint = wire.Socket.LocalEndPoint;
        RemoteEndPoint = wire.Socket.RemoteEndPoint;
        Features.Set<IDetachFeature>(this);
        wire.Describe(Features);
        ArrivedAt = arrivedAt ?? time.GetTimestamp();
        newcomers.Add(this);
        sending = SendAsync();
        if (duplex.Receive(Memory<byte>.Empty, out var transfer) && TryBeginRead(transfer)) Read(transfer);
    }

    private enum ReadState
    {
        /// <summary>An empty receive is pending.</summary>
        Waiting,

        /// <summary>A thread moves bytes into the pipe.</summary>
        Reading,

        /// <summary>An empty receive is pending, and what it tells is left for the successor.</summary>
        StoppedWaiting,

        /// <summary>Nothing is pending.</summary>
        Stopped,

        /// <summary>The socket is somebody else's.</summary>
        Detached,
    }

    public bool CanDetach => ReferenceEquals(Transport, transport);

    public Duplex Duplex => duplex;

    public IPAddress? Address => (RemoteEndPoint as IPEndPoint)?.Address;

    public long ArrivedAt { get; }

    public bool HasSpoken => hasSpoken;

    public bool HasUnread
    {
        get
        {
            try
            {
                return wire.Socket.Available > 0;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    public void Drop()
    {
        if (TryBeKnown()) duplex.Dispose();
    }

    public async Task StopReadingAsync()
    {
        Task waiting = Task.CompletedTask;
        lock (gate)
        {
            if (state == ReadState.Waiting)
            {
                state = ReadState.StoppedWaiting;
            }
            else if (state == ReadState.Reading)
            {
                stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = stopped.Task;
            }
        }
        // The reading thread may wait until somebody reads what the client sent without waiting for its answer: that is done after this.
        input.CancelPendingFlush();
        await waiting;
        await input.CompleteAsync();
    }

    public void Detach(WebSocketConnection connection, ReadOnlyMemory<byte> early)
    {
        bool inherits;
        lock (gate)
        {
            inherits = state == ReadState.StoppedWaiting;
            state = ReadState.Detached;
            if (inherits)
            {
                successor = connection;
                connection.StartWaiting(early);
            }
        }
        if (!inherits) connection.Start(early);
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (state != ReadState.Detached) duplex.Dispose();
    }

    public override async ValueTask DisposeAsync()
    {
        await transport.Input.CompleteAsync();
        await transport.Output.CompleteAsync();
        await sending;
        TryBeKnown();
        if (state != ReadState.Detached)
        {
            duplex.CompleteSending();
            duplex.Dispose();
            TellClosedSoon();
        }
        await base.DisposeAsync();
    }

    void IDuplexOwner.OnReceived(Transfer transfer)
    {
        if (TryBeginRead(transfer)) Read(transfer);
    }

    void IDuplexOwner.OnSent(Transfer transfer) => throw new InvalidOperationException("HTTP responses are not sent through the duplex.");

    /// <summary>An empty receive has ended: whether it is this connection that reads on.</summary>
    private bool TryBeginRead(Transfer transfer)
    {
        IDuplexOwner? heir;
        lock (gate)
        {
            if (state == ReadState.Waiting) state = ReadState.Reading;
            else if (state == ReadState.StoppedWaiting) state = ReadState.Stopped;
            if (state == ReadState.Reading) return true;
            // A successor that comes after this has nothing to inherit, and is started by whoever detaches.
            heir = successor;
        }
        heir?.OnReceived(transfer);
        return false;
    }

    /// <summary>Moves what can be received into the pipe until nothing can.</summary>
    private void Read(Transfer transfer)
    {
        do
        {
            if (transfer.Error is not null)
            {
                Finish(transfer.Error);
                return;
            }
        }
        while (TryMove(out transfer));
    }

    /// <summary>Moves what there is into the pipe. True when there is more to receive already.</summary>
    private bool TryMove(out Transfer transfer)
    {
        var room = input.GetMemory();
        if (!wire.TryReceive(room, out transfer)) return TryWait(default, out transfer);
        if (transfer.Error is not null || transfer.Count == 0)
        {
            Finish(transfer.Error);
            return false;
        }
        Hear(room.Span[..transfer.Count]);
        input.Advance(transfer.Count);
        var flushing = input.FlushAsync();
        if (flushing.IsCompletedSuccessfully) return TryWait(flushing.Result, out transfer);
        _ = ResumeAsync(flushing);
        return false;
    }

    private void Hear(ReadOnlySpan<byte> bytes)
    {
        heardAt = time.GetTimestamp();
        hasSpoken = true;
        if (Volatile.Read(ref isNew) && headEnd.IsIn(bytes)) TryBeKnown();
    }

    /// <summary>From now on it is no newcomer. Whether it has been one.</summary>
    private bool TryBeKnown()
    {
        if (!Volatile.Read(ref isNew) || !Interlocked.Exchange(ref isNew, false)) return false;
        newcomers.Remove(this);
        return true;
    }

    private async Task ResumeAsync(ValueTask<FlushResult> flushing)
    {
        if (TryWait(await flushing, out var transfer)) Read(transfer);
    }

    /// <summary>Waits for more. True when there is more already; false when the wait is pending or reading has ended.</summary>
    private bool TryWait(FlushResult flushed, out Transfer transfer)
    {
        transfer = default;
        if (flushed.IsCompleted)
        {
            Finish(null);
            return false;
        }
        lock (gate)
        {
            if (stopped is not null)
            {
                state = ReadState.Stopped;
                stopped.SetResult();
                return false;
            }
            state = ReadState.Waiting;
        }
        return duplex.Receive(Memory<byte>.Empty, out transfer) && TryBeginRead(transfer);
    }

    private void Finish(Exception? error)
    {
        lock (gate)
        {
            state = ReadState.Stopped;
            stopped?.TrySetResult();
        }
        TryBeKnown();
        input.Complete(AsKestrelKnowsIt(error));
        if (error is null && hasSpoken && time.GetElapsedTime(heardAt) < RightBehind)
        {
            patience = time.CreateTimer(
                static connection => ((DetachableConnection)connection!).TellClosedSoon(), this, Patience, Timeout.InfiniteTimeSpan);
        }
        else
            TellClosedSoon();
    }

    // Kestrel and the application run what they have registered: not on a thread that other sockets wait for.
    private void TellClosedSoon() =>
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.TellClosed(), this, preferLocal: false);

    private void TellClosed()
    {
        if (Interlocked.Exchange(ref toldClosed, true)) return;
        patience?.Dispose();
        try
        {
            closed.Cancel();
        }
        catch (AggregateException exception)
        {
            TransportLog.ClosedCallbackFailed(logger, ConnectionId, exception);
        }
    }

    private static Exception? AsKestrelKnowsIt(Exception? error) => error switch
    {
        null => null,
        SocketException { SocketErrorCode: not (SocketError.OperationAborted or SocketError.Interrupted) } =>
            new ConnectionResetException(error.Message, error),
        _ => new ConnectionAbortedException(error.Message, error),
    };

    /// <summary>Sends what Kestrel writes.</summary>
    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                var read = await output.ReadAsync();
                foreach (var segment in read.Buffer) await SendAsync(segment);
                output.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled) break;
            }
        }
        catch (IOException)
        {
            // The reading half may have ended before, and then nobody else tells.
            TellClosedSoon();
        }
        await output.CompleteAsync();
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        TryBeKnown();
        return wire.SendAsync(bytes);
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
