using System.Buffers;

namespace Kodama.WebSockets;

/// <summary>A WebSocket after its handshake (RFC 6455): reads messages, answers pings, closes properly, over any <see
/// cref="Duplex"/>.</summary>
/// <remarks>
/// Reading and sending run on whatever thread the transport calls back on and never block it. An idle connection holds no buffer: it waits
/// with an empty receive, and only while messages come does it receive straight into a rented buffer, which saves a system call for each
/// read. <see cref="Tick"/> must be called about once a second: one timer serves all connections of a process.
/// </remarks>
public sealed class WebSocketConnection : IDuplexOwner, ISenderOwner
{
    private const int SmallestBuffer = 4 * 1024;

    // What a thread handles on end for one connection, in bytes received and in what the reader says they cost: some milliseconds, for
    // which others on it wait.
    private const int Turn = 64 * 1024;

    // What a ping counts for in a turn: its pong may part two messages, and so cost a system call of its own, some microseconds.
    private const int PingCost = 1024;

    private const string Lost = "The connection was lost.";

    private readonly Duplex duplex;
    private readonly MessageReader reader;
    private readonly IFrameSource source;
    private readonly IWebSocketHandler handler;
    private readonly ConnectionOptions options;
    private readonly FrameSender sender;
    private readonly bool isServer;

    private byte[]? buffer;
    private int handled;
    private int bufferSize = SmallestBuffer;

    // Whether the pending receive is an empty one, whether messages come and so a buffer is kept, and whether what comes is thrown away.
    private bool waiting;
    private bool busy;
    private bool discarding;
    private bool remoteClosed;
    private bool answers;
    private volatile bool quiet;
    private volatile bool heard;

    // Whether messages have come since the last tick, and in the second before this read: one now and then, such as a heartbeat in
    // messages, keeps no buffer.
    private volatile bool fresh;
    private volatile bool recent;

    // Whether this side has not read on yet: what the other side answers meanwhile is not its fault.
    private volatile bool handling;

    // The message that the last read left unfinished.
    private volatile int underway;

    private EarlyGate? earlyGate;
    private Ending? ending;
    private Heartbeat heartbeat = new();
    private MessageDeadline deadline;
    private volatile bool started;
    private bool gaveUp;

    /// <summary>A connection that has not begun to read, nor to send: a send that had to wait would be told to the transport's owner
    /// before.</summary>
    /// <param name="duplex">The transport; closed with the connection.</param>
    /// <param name="role">Which side this is.</param>
    /// <param name="reader">Parses what comes; disposed with the connection.</param>
    /// <param name="source">What there is to send; its frames must be masked if this is a client.</param>
    /// <param name="handler">Who is told.</param>
    /// <param name="options">Time limits.</param>
    public WebSocketConnection(
        Duplex duplex, WebSocketRole role, MessageReader reader, IFrameSource source, IWebSocketHandler handler, ConnectionOptions options)
    {
        this.duplex = duplex;
        this.reader = reader;
        this.source = source;
        this.handler = handler;
        this.options = options;
        isServer = role == WebSocketRole.Server;
        sender = new FrameSender(duplex, source, masked: !isServer, this);
    }

    /// <summary>Whether both close frames have gone over.</summary>
    public bool IsClosedCleanly => sender.IsCloseSent && remoteClosed;

    /// <summary>Begins to send and to read.</summary>
    /// <param name="early">What came behind the handshake already; must stay as it is.</param>
    public void Start(ReadOnlyMemory<byte> early = default)
    {
        started = true;
        duplex.Owner = this;
        sender.Begin();
        if (!early.IsEmpty) _ = ResumeAsync(HandleEarlyAsync(early));
        else if (BeginReceive(out var transfer)) Run(transfer);
    }

    /// <summary>Ends a connection whose handshake came to nothing, in place of a start: the handler is told.</summary>
    public void EndUnstarted() => End();

    /// <summary>Takes over a transport whose owner before has an empty receive pending: reading begins when that ends.</summary>
    /// <param name="early">What came behind the handshake already, to be handled first, on a thread of the pool; must stay as it
    /// is.</param>
    public void StartWaiting(ReadOnlyMemory<byte> early = default)
    {
        started = true;
        waiting = true;
        if (!early.IsEmpty) earlyGate = new EarlyGate();
        duplex.Owner = this;
        sender.Begin();
        if (!early.IsEmpty)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                work => _ = work.Connection.HandleEarlyWhileWaitingAsync(work.Early), (Connection: this, Early: early), preferLocal: false);
        }
    }

    /// <summary>Sends what the source has. Never waits; any thread may call it.</summary>
    public void Flush() => sender.Flush();

    /// <summary>
    /// Begins to close: sends what the source still has, then a close frame, and waits for the answer until
    /// <see cref="ConnectionOptions.CloseTimeout"/>. Messages that still come are not told. Any thread may call it; only the first call
    /// counts.
    /// </summary>
    public void Close(ushort code, string reason)
    {
        if (TryEnd(code, reason)) sender.Close(code, reason);
    }

    /// <summary>Ends the connection without a close frame.</summary>
    public void Abort(string reason)
    {
        TryEnd(CloseCodes.Abnormal, reason);
        duplex.Dispose();
    }

    /// <summary>Looks at the clock: pings, and ends what has taken too long. Call about once a second, one thread at a time.</summary>
    /// <param name="now">Milliseconds of a clock that never goes back.</param>
    public void Tick(long now)
    {
        // A handshake that takes its time has limits of its own.
        if (!started) return;
        try
        {
            TickStarted(now);
        }
        catch (Exception exception)
        {
            // On a timer's thread it would end the process, and with it everybody else's connections.
            handler.OnFailed(exception);
            Abort(Lost);
        }
    }

    private void TickStarted(long now)
    {
        if (fresh) fresh = false;
        else recent = false;
        var state = ending is not null ? HeartbeatState.Closing : handling ? HeartbeatState.Handling : HeartbeatState.Listening;
        var wasHeard = heard;
        if (wasHeard) heard = false;
        // While a message is handled nothing is read: what is underway behind it has its time afterwards.
        if (deadline.IsOver(now, state == HeartbeatState.Listening ? underway : 0, options.MessageTimeout))
        {
            Close(CloseCodes.PolicyViolation, $"A message must be whole within {options.MessageTimeout.TotalSeconds} s.");
            return;
        }
        switch (heartbeat.Tick(now, state, wasHeard, options))
        {
            case HeartbeatAction.Ping:
                // The pong will end the receive that holds a buffer, if one does.
                if (state == HeartbeatState.Listening) quiet = true;
                sender.Ping();
                break;
            case HeartbeatAction.Abort:
                Abort("No answer to a ping.");
                break;
            case HeartbeatAction.GiveUp:
                GiveUp();
                break;
        }
    }

    private void GiveUp()
    {
        duplex.Dispose();
        if (!handling || gaveUp) return;
        gaveUp = true;
        handler.OnEnding();
    }

    void IDuplexOwner.OnReceived(Transfer transfer)
    {
        if (earlyGate is null || earlyGate.PassReceived(transfer)) Run(transfer);
    }

    void IDuplexOwner.OnSent(Transfer transfer) => sender.OnSent(transfer);

    void ISenderOwner.OnCloseSent() => FinishHandshake();

    void ISenderOwner.OnBroken() => TryEnd(CloseCodes.Abnormal, Lost);

    // Not on this thread, which may be a publisher's.
    void ISenderOwner.OnFinished() => ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.End(), this, preferLocal: false);

    /// <summary>Handles what was received, and receives on, until a receive is pending, a message is being handled or the connection has
    /// ended.</summary>
    private void Run(Transfer transfer)
    {
        do
        {
            if (waiting && transfer.Error is null)
            {
                waiting = false;
                RentBuffer();
                if (!duplex.Receive(buffer, out transfer)) return;
            }
            if (transfer.Error is not null)
            {
                End();
                return;
            }
            if (transfer.Count == 0)
            {
                EndWhenSent();
                return;
            }
            var work = HandleAsync(transfer.Count);
            if (!work.IsCompletedSuccessfully)
            {
                _ = ResumeAsync(work);
                return;
            }
        }
        while (BeginReceive(out transfer));
    }

    private async ValueTask HandleEarlyAsync(ReadOnlyMemory<byte> early)
    {
        buffer = ArrayPool<byte>.Shared.Rent(early.Length);
        early.CopyTo(buffer);
        await HandleAsync(early.Length).ConfigureAwait(false);
    }

    // The empty receive that was taken over may end meanwhile: whoever of the two is later goes on.
    private async Task HandleEarlyWhileWaitingAsync(ReadOnlyMemory<byte> early)
    {
        await HandleEarlyAsync(early).ConfigureAwait(false);
        ReturnBuffer();
        busy = false;
        if (earlyGate!.PassHandled(out var received)) Run(received);
    }

    private async Task ResumeAsync(ValueTask work)
    {
        await work.ConfigureAwait(false);
        if (BeginReceive(out var transfer)) Run(transfer);
    }

    private bool BeginReceive(out Transfer transfer)
    {
        waiting = !busy;
        if (busy) RentBuffer();
        else ReturnBuffer();
        // A receive that has to wait ends the turn; then it is no longer this thread that may touch anything.
        var spent = handled;
        handled = 0;
        if (!duplex.Receive(busy ? buffer : Memory<byte>.Empty, out transfer)) return false;
        handled = spent;
        return true;
    }

    /// <summary>Handles what one read brought in.</summary>
    private async ValueTask HandleAsync(int count)
    {
        heard = true;
        handled += count;
        if (discarding)
        {
            // What is thrown away takes its turns as well.
            if (handled > Turn) await LetOthersAsync();
            return;
        }
        handling = true;
        var hadMessages = false;
        var read = ReadEvent.NeedMore;
        var input = buffer.AsMemory(0, count);
        try
        {
            while (true)
            {
                read = reader.Read(input, out var consumed);
                input = input[consumed..];
                if (read is ReadEvent.NeedMore or ReadEvent.Close or ReadEvent.Error) break;
                handled += reader.Cost;
                if (read == ReadEvent.Message && ending is null)
                {
                    hadMessages = true;
                    var message = handler.OnMessageAsync(reader.MessageType, reader.Payload);
                    if (!message.IsCompleted) FlushAnswers();
                    await message.ConfigureAwait(false);
                }
                else if (read == ReadEvent.Ping && ending is null)
                {
                    answers = true;
                    handled += PingCost;
                    sender.Pong(reader.Payload.Span);
                }
                if (handled <= Turn) continue;
                CompleteRead();
                await LetOthersAsync();
            }
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        CompleteRead();
        // What came before the end is owed still: it is in the source by now.
        if (read == ReadEvent.Close) AnswerClose();
        else if (read == ReadEvent.Error) Refuse();
        Adapt(count, hadMessages);
        underway = reader.Underway;
        handling = false;
        // A large message is gathered piece by piece, each in a turn of its own: copying it is not what others on this thread wait for.
        // All that came is used, so those who wait for their turn hold no buffer.
        if (underway != 0 && count == buffer!.Length)
        {
            ReturnBuffer();
            await LetOthersAsync();
        }
    }

    private void CompleteRead()
    {
        try
        {
            handler.OnReadCompleted();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        FlushAnswers();
    }

    private void FlushAnswers()
    {
        if (!answers) return;
        answers = false;
        sender.Flush();
    }

    private void Fail(Exception exception)
    {
        handler.OnFailed(exception);
        discarding = true;
        Close(CloseCodes.InternalError, "The message could not be handled.");
    }

    // The thread may be one that other sockets wait for: whoever sends without end goes on from the back of the thread pool's queue.
    private async ValueTask LetOthersAsync()
    {
        await Task.Yield();
        handled = 0;
    }

    private void AnswerClose()
    {
        discarding = true;
        remoteClosed = true;
        TryEnd(reader.CloseCode, reader.CloseReason);
        source.Complete();
        sender.Close(reader.CloseCode, "");
        FinishHandshake();
    }

    private void Refuse()
    {
        discarding = true;
        handler.OnRefused(reader.CloseCode, reader.CloseReason);
        source.Complete();
        Close(reader.CloseCode, reader.CloseReason);
    }

    /// <summary>Once both close frames have gone over, the server ends the TCP connection (RFC 6455 section 7.1.1).</summary>
    private void FinishHandshake()
    {
        // The two halves come here in either order, each after it has said that it is done.
        Interlocked.MemoryBarrier();
        if (!sender.IsCloseSent || !discarding) return;
        // After an error the other side is told that nothing follows, but not cut off: unread bytes would reset the connection, and the
        // close frame with it.
        duplex.CompleteSending();
        if (isServer && remoteClosed) duplex.Dispose();
    }

    /// <summary>While messages come the buffer is kept and grows to what they need; a peer that only answers pings gives it back.</summary>
    private void Adapt(int count, bool hadMessages)
    {
        if (hadMessages)
        {
            busy = recent;
            recent = true;
            fresh = true;
            quiet = false;
            if (!busy) bufferSize = SmallestBuffer;
            else Grow(count);
        }
        else if (reader.Underway != 0)
        {
            // Of a large message more is there already; one that comes slowly keeps no buffer waiting.
            busy = count == buffer!.Length;
            Grow(count);
        }
        else if (quiet)
        {
            busy = false;
            bufferSize = SmallestBuffer;
        }
    }

    private void Grow(int count)
    {
        if (count == buffer!.Length && bufferSize < options.MaxReceiveBuffer) bufferSize *= 2;
    }

    private void RentBuffer()
    {
        if (buffer is not null && buffer.Length >= bufferSize) return;
        ReturnBuffer();
        buffer = ArrayPool<byte>.Shared.Rent(bufferSize);
    }

    private void ReturnBuffer()
    {
        if (buffer is null) return;
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = null;
    }

    private bool TryEnd(ushort code, string reason) => Interlocked.CompareExchange(ref ending, new Ending(code, reason), null) is null;

    /// <summary>The other side says nothing more, but may listen still: what it is owed is sent first.</summary>
    private void EndWhenSent()
    {
        TryEnd(CloseCodes.Abnormal, Lost);
        ReturnBuffer();
        source.Complete();
        if (sender.TryFinish()) End();
    }

    private void End()
    {
        TryEnd(CloseCodes.Abnormal, Lost);
        duplex.Dispose();
        reader.Dispose();
        ReturnBuffer();
        source.Close();
        handler.OnClosed(ending!.Code, ending.Reason);
    }

    /// <summary>Lets through the later of two: what came early has been handled, and the receive pending meanwhile has ended.</summary>
    private sealed class EarlyGate
    {
        private Transfer received;
        private int passed;

        // Stays passed: every later receive goes through.
        public bool PassReceived(Transfer transfer)
        {
            received = transfer;
            return Interlocked.Increment(ref passed) >= 2;
        }

        public bool PassHandled(out Transfer transfer)
        {
            var isLater = Interlocked.Increment(ref passed) == 2;
            transfer = isLater ? received : default;
            return isLater;
        }
    }

    private sealed record Ending(ushort Code, string Reason);
}
