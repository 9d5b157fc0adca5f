using System.Diagnostics.CodeAnalysis;
using Kodama.Server;
using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO;

/// <summary>A session's packets over HTTP: one GET at a time takes what waits, or waits for it; one POST at a time brings some.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim without wait handle has nothing to dispose of.")]
internal sealed class PollingTransport(EngineServer server, LiveSession session, bool isJsonp, bool takesBytes) : ISessionTransport
{
    private const string BinaryType = "application/octet-stream";

    private readonly PollSignal signal = new();

    // Held while an answer is put together and written: the next GET can come before the end of that was noticed.
    private readonly SemaphoreSlim answering = new(1, 1);

    // Held while packets are told: an upgrade waits for it.
    private readonly SemaphoreSlim delivering = new(1, 1);

    // The answer that is being written; guarded by itself, as a request that is over must not be cut off.
    private readonly Lock writingGate = new();
    private HttpContext? writing;

    private int gets;
    private int posts;
    private CancellationTokenSource? reading;

    /// <summary>Held while packets are taken from the session: an upgrade comes before or after that.</summary>
    public Lock Taking { get; } = new();

    public EngineTransport Kind => EngineTransport.Polling;

    public bool IsWritable => signal.IsAwaited;

    /// <summary>Whether there is a GET that has not got its answer.</summary>
    public bool HasGet => Volatile.Read(ref gets) == 1;

    public void Flush() => signal.Wake();

    public void Close() => signal.Wake();

    public void End(EngineCloseReason reason)
    {
        signal.Wake();
        if (reason == EngineCloseReason.PingTimeout)
        {
            // Who does not take an answer either is cut off.
            lock (writingGate) writing?.Abort();
        }
        StopReading();
    }

    /// <summary>The session has moved on: a body that is still on its way is refused, and the task ends when no packets are being
    /// told.</summary>
    public async Task LeaveAsync()
    {
        StopReading();
        await delivering.WaitAsync();
        // What comes later finds the session elsewhere.
        delivering.Release();
    }

    /// <summary>A GET.</summary>
    public async Task GetAsync(HttpContext context, string? jsonp)
    {
        if (Interlocked.Exchange(ref gets, 1) == 1)
        {
            session.End(EngineCloseReason.TransportError);
            PollingResponse.WriteEmpty(context, StatusCodes.Status400BadRequest);
            return;
        }
        using var body = new PollBody(session.Version, takesBytes);
        var isAnswering = false;
        try
        {
            await answering.WaitAsync(context.RequestAborted);
            isAnswering = true;
            await CollectAsync(body, context.RequestAborted);
            // Before the client can know of the answer, as it may ask again at once.
            Volatile.Write(ref gets, 0);
            session.EndIfUnheard();
            lock (writingGate) writing = context;
            await PollingResponse.WriteAsync(context, body, isJsonp ? jsonp ?? "" : null, server.Options.HttpCompression);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // A session that has moved on needs it no more.
            if (session.IsOn(this)) session.End(EngineCloseReason.TransportError);
        }
        finally
        {
            lock (writingGate)
            {
                if (writing == context) writing = null;
            }
            if (isAnswering) answering.Release();
        }
    }

    /// <summary>A POST.</summary>
    public async Task PostAsync(HttpContext context)
    {
        if (Interlocked.Exchange(ref posts, 1) == 1)
        {
            session.End(EngineCloseReason.TransportError);
            PollingResponse.WriteEmpty(context, StatusCodes.Status400BadRequest);
            return;
        }
        var refusal = await TakeAsync(context);
        // Before the client can know of the answer.
        Volatile.Write(ref posts, 0);
        if (refusal is { } refused) await refused.WriteAsync(context);
        else await PollingResponse.WriteOkAsync(context);
    }

    /// <summary>Reads the body and tells its packets, or says why they are not taken.</summary>
    private async ValueTask<Refusal?> TakeAsync(HttpContext context)
    {
        using var body = new RequestBody(server.Incoming, session.Handshake.RemoteAddress);
        return await ReadAsync(context, body) ?? await DeliverAsync(context, body.Memory);
    }

    private async ValueTask CollectAsync(PollBody body, CancellationToken cancellationToken)
    {
        for (var waited = false; ; waited = true)
        {
            switch (session.Collect(this, body, waited))
            {
                case PollAnswer.Wait:
                    await signal.WaitAsync(cancellationToken);
                    continue;
                case PollAnswer.Noop:
                    body.Add(EnginePacketType.Noop);
                    return;
                case PollAnswer.NoopAndClose:
                    body.Add(EnginePacketType.Noop);
                    body.Add(EnginePacketType.Close);
                    session.End(EngineCloseReason.ForcedClose);
                    return;
                case PollAnswer.Close:
                    body.Add(EnginePacketType.Close);
                    session.End(EngineCloseReason.ForcedClose);
                    return;
                default:
                    return;
            }
        }
    }

    /// <summary>Reads the body, or says why it is not taken.</summary>
    private async ValueTask<Refusal?> ReadAsync(HttpContext context, RequestBody body)
    {
        if (context.Request.ContentType == BinaryType && session.Version == EngineVersion.V4)
        {
            session.End(EngineCloseReason.TransportError);
            return Refusal.Empty(StatusCodes.Status400BadRequest);
        }
        // The session's end, or its upgrade, ends the reading: so it takes no longer than the heartbeat of polling lets the client, who
        // cannot answer a ping meanwhile. Without timer and links it need not be disposed.
        var ending = new CancellationTokenSource();
        Interlocked.Exchange(ref reading, ending);
        try
        {
            if (session.HasEnded) return Refusal.Of(EngineError.UnknownSid);
            if (!session.IsOn(this)) return Refusal.Of(EngineError.BadRequest);
            var fault = await body.ReadAsync(context, server.Options.MaxHttpBufferSize, ending.Token);
            return fault == BodyFault.None ? null : Refuse(context, fault);
        }
        catch (OperationCanceledException)
        {
            return BreakOff(context);
        }
        finally
        {
            Volatile.Write(ref reading, null);
        }
    }

    private Refusal Refuse(HttpContext context, BodyFault fault)
    {
        server.Metrics.Refused(fault.Stage());
        if (fault == BodyFault.BrokenOff) return BreakOff(context);
        // What is too large or finds no room now is refused; a client that cannot send a body is none.
        if (fault is BodyFault.TooSlow or BodyFault.Malformed)
        {
            HttpError.EndConnection(context);
            session.End(EngineCloseReason.TransportError);
        }
        return Refusal.Empty(fault.Status());
    }

    private Refusal BreakOff(HttpContext context)
    {
        if (!session.IsOn(this)) return Refusal.Of(EngineError.BadRequest);
        session.End(EngineCloseReason.TransportError);
        context.Abort();
        return Refusal.Empty(StatusCodes.Status400BadRequest);
    }

    private void StopReading()
    {
        // Either this sees the body that is being read, or that sees why it must not be.
        Interlocked.MemoryBarrier();
        // Not on this thread: it continues what waits for the body.
        if (Volatile.Read(ref reading) is { } pending)
            ThreadPool.UnsafeQueueUserWorkItem(static pending => pending.Cancel(), pending, preferLocal: false);
    }

    private async ValueTask<Refusal?> DeliverAsync(HttpContext context, Memory<byte> body)
    {
        // As in node, a form without the field is no packets; a malformed one is refused.
        if (isJsonp)
        {
            if (!JsonpPayload.TryRead(body, out var field)) return HasField(body.Span) ? Refusal.Of(EngineError.BadRequest) : null;
            body = field;
        }
        await delivering.WaitAsync();
        try
        {
            if (!session.IsOn(this)) return Refusal.Of(EngineError.BadRequest);
            if (!session.TryBeginDelivery()) return null;
            try
            {
                await ReceiveAsync(new PollingPayloadReader(session.Version, body, context.Request.ContentType == BinaryType));
            }
            catch (Exception exception)
            {
                session.Fail(exception);
            }
            session.EndDelivery();
            return null;
        }
        finally
        {
            delivering.Release();
        }
    }

    private static bool HasField(ReadOnlySpan<byte> form) => form.StartsWith("d="u8) || form.IndexOf("&d="u8) >= 0;

    private async ValueTask ReceiveAsync(PollingPayloadReader reader)
    {
        while (reader.TryRead(out var packet))
        {
            if (packet.Type == EnginePacketType.Close)
            {
                session.End(EngineCloseReason.TransportClose, byClient: true);
                return;
            }
            await session.ReceiveAsync(packet);
        }
        if (reader.Error != EngineReadError.None) session.Reject(reader.Error);
    }
}
