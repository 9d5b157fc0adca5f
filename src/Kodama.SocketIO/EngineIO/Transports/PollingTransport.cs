using System.Diagnostics.CodeAnalysis;
using Kodama.Server;
using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO;

/// <summary>A session's packets over HTTP: one GET at a time takes what waits, or waits for it; one POST at a time brings some.</summary>
/// <remarks>Whatever comes (the end of a request, an upgrade, the session's end) changes what this holds under one lock, where nobody waits
/// and no handler runs; frames are taken under it too, so that an upgrade comes before or after that. What others have to say to the GET
/// that waits, they say by the signal, and it looks again.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle has nothing to dispose of.")]
internal sealed class PollingTransport(EngineServer server, LiveSession session, bool isJsonp, bool takesBytes) : ISessionTransport
{
    private const string BinaryType = "application/octet-stream";

    // A GET's answer ends here, but for the run of frames that it is in.
    private const int MostInOneBody = 256 * 1024;

    /// <summary>How often a GET that waits is let go in an upgrade. Node's.</summary>
    private static readonly TimeSpan NoopInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();

    // Set when there is something to look at; nobody minds once too often.
    private readonly SemaphoreSlim signal = new(0);
    private volatile bool waits;
    private bool isOpened;

    // A GET that has not got its answer, and the one whose answer is being written: the next comes before the end of that is noticed.
    private bool hasGet;
    private HttpContext? writing;

    // The body that is being read or told, and who waits until it has been told.
    private CancellationTokenSource? posting;
    private TaskCompletionSource? left;

    // The WebSocket that is to take over, until when, whether it has probed, and whether the GET is to have a noop for that.
    private WebSocketTransport? probe;
    private ITimer? probing;
    private TimeSpan probeUntil;
    private bool hasProbed;
    private bool letsGo;

    public bool IsWritable => waits;

    private bool IsLeft => session.Polling != this;

    public void Flush()
    {
        waits = false;
        if (signal.CurrentCount == 0) signal.Release();
    }

    public void Close()
    {
        Flush();
        // Not on the caller's thread, who may be anywhere.
        if (session.Reason == DisconnectReason.ServerShuttingDown)
            ThreadPool.UnsafeQueueUserWorkItem(static polling => polling.EndIfUnheard(), this, preferLocal: false);
    }

    public void End(string reason)
    {
        WebSocketTransport? other;
        lock (gate)
        {
            // Who does not take an answer either is cut off.
            if (reason == DisconnectReason.PingTimeout) writing?.Abort();
            _ = posting?.CancelAsync();
            EndProbe(other = probe);
        }
        Flush();
        other?.Close();
    }

    public Task GetAsync(HttpContext context, string? jsonp) =>
        Interlocked.Exchange(ref hasGet, true) ? EndOverlapAsync(context) : AnswerAsync(context, jsonp);

    public async Task PostAsync(HttpContext context)
    {
        // The session's end, or its upgrade, ends the reading: so it takes no longer than the heartbeat of polling lets the client, who
        // cannot answer a ping meanwhile. Without timer and links it need not be disposed.
        var ending = new CancellationTokenSource();
        if (Interlocked.CompareExchange(ref posting, ending, null) is not null)
        {
            await EndOverlapAsync(context);
            return;
        }
        var refusal = await TakeAsync(context, ending.Token);
        // Before the client can know of the answer.
        posting = null;
        if (refusal is null) server.TellHeaders(context);
        await (refusal?.WriteAsync(context) ?? PollingResponse.WriteOkAsync(context));
    }

    /// <summary>Begins an upgrade; false, when there can be none.</summary>
    public bool TryProbe(WebSocketTransport webSocket)
    {
        lock (gate)
        {
            if (IsLeft || !session.IsOpen || probe is not null) return false;
            probe = webSocket;
            probeUntil = server.Sessions.Now + server.Options.UpgradeTimeout;
            probing = server.Time.CreateTimer(
                static polling => ((PollingTransport)polling!).TickProbe(), this, server.Options.UpgradeTimeout, NoopInterval);
            return true;
        }
    }

    /// <summary>From now on a GET that waits is let go, since the client moves on when it has none.</summary>
    public void Probed(WebSocketTransport webSocket)
    {
        lock (gate)
        {
            if (probe != webSocket || hasProbed) return;
            hasProbed = true;
            probing!.Change(NoopInterval, NoopInterval);
        }
    }

    /// <summary>The upgrade has succeeded, or come to nothing.</summary>
    public void EndProbe(WebSocketTransport? webSocket)
    {
        lock (gate)
        {
            if (probe != webSocket) return;
            probing?.Dispose();
            (probe, probing, hasProbed, letsGo) = (null, null, false, false);
        }
    }

    /// <summary>Leaves the session to the WebSocket, and refuses a body that is still on its way; ends when no packets are being told.
    /// False, when the upgrade has come to nothing before.</summary>
    public async ValueTask<bool> TryLeaveAsync(WebSocketTransport webSocket)
    {
        lock (gate)
        {
            if (probe != webSocket || !session.TryMoveTo(webSocket)) return false;
            EndProbe(webSocket);
            _ = posting?.CancelAsync();
            if (session.IsDelivering) left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        Flush();
        webSocket.Flush();
        if (left is not null) await left.Task;
        return true;
    }

    private void TickProbe()
    {
        WebSocketTransport? late = null;
        lock (gate)
        {
            if (probe is null) return;
            letsGo = hasProbed && hasGet;
            if (server.Sessions.Now >= probeUntil) EndProbe(late = probe);
        }
        Flush();
        late?.Close();
    }

    private async Task AnswerAsync(HttpContext context, string? jsonp)
    {
        using var body = new PollBody(session.Version, takesBytes);
        try
        {
            var isLate = session.IsClosing;
            // Not by the semaphore's own way, which is three allocations for each wait.
            using var gone = context.RequestAborted.UnsafeRegister(static polling => ((PollingTransport)polling!).Flush(), this);
            while (!TryAnswer(context, body, isLate))
            {
                await signal.WaitAsync();
                context.RequestAborted.ThrowIfCancellationRequested();
            }
            EndIfUnheard();
            server.TellHeaders(context);
            await PollingResponse.WriteAsync(context, body, isJsonp ? jsonp ?? "" : null, server.Options.HttpCompression);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // A session that has moved on needs it no more.
            if (!IsLeft) session.End(DisconnectReason.TransportError);
        }
        finally
        {
            bool another;
            lock (gate)
            {
                if (writing == context) writing = null;
                else hasGet = waits = false;
                another = hasGet;
            }
            // Which may wait for the end of this one.
            if (another) Flush();
        }
    }

    private Task EndOverlapAsync(HttpContext context)
    {
        session.End(DisconnectReason.TransportError);
        return new Refusal(null, StatusCodes.Status400BadRequest).WriteAsync(context);
    }

    /// <summary>Who does not listen when the server stops would find nobody later.</summary>
    private void EndIfUnheard()
    {
        lock (gate)
        {
            if (hasGet || IsLeft || !session.IsClosing || session.Reason != DisconnectReason.ServerShuttingDown) return;
        }
        session.End(DisconnectReason.ServerShuttingDown);
    }

    /// <summary>Fills the answer; false, when the GET is to wait.</summary>
    private bool TryAnswer(HttpContext context, PollBody body, bool isLate)
    {
        // What was sent before the close goes before it: a close is told that came before the source was found empty. A later one wakes.
        var isClosing = session.IsClosing;
        var ends = false;
        waits = true;
        lock (gate)
        {
            if (writing is not null) return false;
            if (IsLeft || (session.HasEnded && session.EndedByClient))
            {
                body.Add(EnginePacketType.Noop);
            }
            else if (session.HasEnded)
            {
                body.Add(EnginePacketType.Close);
            }
            else if (!TryTake_NeedsLock(body))
            {
                if (!isClosing && !letsGo) return false;
                // Node's, where the GET came after the close, too.
                if (!isClosing || isLate) body.Add(EnginePacketType.Noop);
                if (isClosing) body.Add(EnginePacketType.Close);
                ends = isClosing;
            }
            // Before the client can know of the answer, as it may ask again at once.
            hasGet = letsGo = waits = false;
            writing = context;
        }
        if (ends) session.End(DisconnectReason.ForcedClose);
        return true;
    }

    private bool TryTake_NeedsLock(PollBody body)
    {
        while (body.Length < MostInOneBody && session.Peek() is { IsEmpty: false } frames)
        {
            body.Add(frames.Span);
            session.Advance(frames.Length);
            // The open packet is first, and as in node nothing comes with it.
            if (isOpened) continue;
            isOpened = true;
            break;
        }
        if (body.Length == 0) return false;
        // Nobody takes more until the next GET.
        session.Handler.Blocked();
        return true;
    }

    /// <summary>Reads the body and tells its packets, or says why they are not taken.</summary>
    private async ValueTask<Refusal?> TakeAsync(HttpContext context, CancellationToken ending)
    {
        using var body = new RequestBody(server.Incoming, session.Handshake.RemoteAddress);
        if (session.HasEnded) return Refusal.Of(EngineError.UnknownSid);
        if (context.Request.ContentType == BinaryType && session.Version == EngineVersion.V4)
        {
            session.End(DisconnectReason.TransportError);
            return new Refusal(null, StatusCodes.Status400BadRequest);
        }
        BodyFault fault;
        try
        {
            fault = await body.ReadAsync(context, server.Options.MaxHttpBufferSize, ending);
        }
        catch (OperationCanceledException)
        {
            fault = BodyFault.BrokenOff;
        }
        if (fault == BodyFault.None) return await TellAsync(context, body.Memory);
        server.Metrics.Refused(fault.Stage());
        if (fault == BodyFault.BrokenOff && IsLeft) return Refusal.Of(EngineError.BadRequest);
        // What is too large or finds no room now is refused; a client that cannot send a body is none.
        if (fault is BodyFault.TooSlow or BodyFault.Malformed or BodyFault.BrokenOff)
        {
            session.End(DisconnectReason.TransportError);
            if (fault == BodyFault.BrokenOff) context.Abort();
            else HttpError.EndConnection(context);
        }
        return new Refusal(null, fault.Status());
    }

    private async ValueTask<Refusal?> TellAsync(HttpContext context, Memory<byte> body)
    {
        if (isJsonp)
        {
            if (!JsonpPayload.TryRead(body, out var field)) return Refusal.Of(EngineError.BadRequest);
            // As in node, a form without the field is no packets.
            if (field is null) return null;
            body = field.Value;
        }
        lock (gate)
        {
            // An upgrade comes before this, or waits for the end of it.
            if (IsLeft) return Refusal.Of(EngineError.BadRequest);
            if (!session.TryBeginDelivery()) return null;
        }
        try
        {
            var reader = new PollPayloadReader(session.Version, body, context.Request.ContentType == BinaryType);
            EnginePacket packet;
            while (reader.TryRead(out packet) && packet.Type != EnginePacketType.Close) await session.ReceiveAsync(packet);
            if (reader.Error is { } error) session.Reject(error);
            else if (packet.Type == EnginePacketType.Close) session.End(DisconnectReason.TransportClose, byClient: true);
        }
        catch (Exception exception)
        {
            session.Fail(exception);
        }
        session.EndDelivery();
        lock (gate) left?.TrySetResult();
        return null;
    }
}
