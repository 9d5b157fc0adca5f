using System.Diagnostics.CodeAnalysis;
using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>
/// A client of a WebSocket door: one object between its connection and the hub. From connection to hub come messages, one after another;
/// from hub to connection goes what its outbox holds, in one send for all that a batch has brought.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A CancellationTokenSource without timer and wait handle has nothing to dispose of.")]
public abstract class DoorPeer : IPeerLink, IWebSocketHandler, IFrameSource
{
    // In the place of its own source, where the connection has ended before it has needed one.
    private static readonly CancellationTokenSource Ended = Cancelled();

    private WebSocketConnection connection = null!;
    private Peer? peer;
    private FlushBatch? batch;
    private Answers? answers;
    private byte[]? first;
    private CancellationTokenSource? ending;
    private long bytesRead;

    /// <summary>The client as the hub knows it; there from <see cref="EnterAsync"/> on.</summary>
    protected Peer Peer => peer ?? throw new InvalidOperationException("There is no peer yet: it is known from EnterAsync on.");

    /// <summary>The hub that it is in.</summary>
    protected Hub Hub => Kit.Hub;

    /// <summary>
    /// Who gets something by what one read has brought in: given to all that <see cref="OnMessageAsync"/> publishes, and flushed when that
    /// is handled. <see cref="Flush"/> it before you wait for anything but the hub.
    /// </summary>
    protected FlushBatch Batch => batch ??= FlushBatch.Rent();

    /// <summary>What the client is answered, which is sent when what one read has brought in is handled.</summary>
    protected Answers Answers => Volatile.Read(ref answers) ?? CreateAnswers();

    /// <summary>
    /// Puts a message in its outbox now, behind the answers that were gathered: for one that has its place among what others are told, by
    /// a lock of the door's own. Nothing is sent: whoever calls flushes the client. False, when the outbox is full: whoever calls
    /// disconnects it, under no lock.
    /// </summary>
    protected bool Put(MessageType type, ReadOnlySpan<byte> payload)
    {
        var frame = DoorKit.Encode(type, payload);
        var result = Volatile.Read(ref answers) is { } gathering ? gathering.Put(frame) : Peer.Outbox.TryAnswer(frame);
        frame.Release();
        return result != EnqueueResult.Full;
    }

    private protected DoorKit Kit { get; private set; } = null!;

    /// <summary>
    /// The client wants in, and its handshake is not answered yet: by default it is let into the hub now, and its handshake answered when
    /// it has entered. A door whose clients say first who they are overrides this, and calls <see cref="AdmitAsync"/> when they have; what
    /// they say until then comes to <see cref="OnMessageAsync"/>.
    /// </summary>
    /// <returns>Null, or why the client is refused.</returns>
    protected internal virtual ValueTask<CloseReason?> ArriveAsync(PeerDescription client, CancellationToken cancellationToken) =>
        AdmitAsync(client, cancellationToken);

    /// <summary>Lets the client into the hub, and has it enter; or begins to close its connection with the reason of the refusal.
    /// Once.</summary>
    /// <returns>Null, or why the client is refused.</returns>
    /// <remarks>The validators are cancelled by the token, or by the end of the connection where there is none.</remarks>
    protected async ValueTask<CloseReason?> AdmitAsync(PeerDescription client, CancellationToken cancellationToken = default)
    {
        if (!cancellationToken.CanBeCanceled) cancellationToken = Ending();
        var admission = await Kit.AdmitAsync(client, this, cancellationToken);
        if (!admission.IsAccepted)
        {
            Close(admission.Refusal);
            return admission.Refusal;
        }
        try
        {
            first = Greet(admission.Peer);
        }
        catch
        {
            // Nobody else knows of it yet.
            Kit.Remove(admission.Peer, CloseReason.InternalError);
            throw;
        }
        // From here on it hears the hub.
        Volatile.Write(ref peer, admission.Peer);
        connection.Flush();
        try
        {
            await EnterAsync(cancellationToken);
        }
        finally
        {
            // Nothing may be read for long: what it has published and answered is not to wait for that.
            EndBatch();
        }
        return null;
    }

    /// <summary>The frame that the client gets before all else, whatever waits for it already; null for none.</summary>
    /// <param name="admitted">The client, which has been let into the hub.</param>
    protected virtual byte[]? Greet(Peer admitted) => null;

    /// <summary>The client has come into the hub and not been told yet: the time to join rooms, by <see cref="JoinAsync"/>.</summary>
    /// <remarks>May disconnect the peer: then the client is accepted, and closed with the reason.</remarks>
    protected internal virtual ValueTask EnterAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>The client has said something. The payload is valid until the task ends, and nothing more is read until then.</summary>
    protected abstract ValueTask OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload);

    /// <summary>
    /// A review of the rules has taken it out of a room. By default who is in no other is closed with 4003. Must not wait; may come from
    /// any thread.
    /// </summary>
    protected virtual void OnExpelled(Room room)
    {
        if (Peer.Room is null) Peer.Disconnect(CloseReason.NotAllowed);
    }

    /// <summary>
    /// The connection is about to be closed for this reason: what the client is told, of a door with codes of its own. What it answers now
    /// goes before. Must not wait; may come from any thread, and more than once.
    /// </summary>
    protected virtual CloseReason OnClosing(CloseReason reason) => reason;

    /// <summary>So much of what waited has gone out. On the thread that sends; must not wait.</summary>
    private protected virtual void OnTaken(int count)
    {
    }

    /// <summary>The connection has ended, and its peer, if it was one, has gone. Called once, last; must not wait.</summary>
    protected virtual void OnClosed(ushort code, string reason)
    {
    }

    /// <summary>Joins a room by its rules, which may take their time: what waits for others is sent before.</summary>
    protected internal ValueTask<Joined> JoinAsync(JoinRequest request, CancellationToken cancellationToken = default)
    {
        Flush();
        return Hub.JoinAsync(Peer, request, cancellationToken);
    }

    /// <summary>Sends what has been published and answered so far. Before you wait for anything but the hub: others wait for it
    /// too.</summary>
    protected internal void Flush()
    {
        batch?.Flush();
        answers?.Send();
    }

    /// <summary>Begins to close a connection whose client is no peer yet; one that is, is disconnected (<see
    /// cref="Peer.Disconnect(CloseReason)"/>).</summary>
    /// <param name="reason">Why.</param>
    /// <param name="last">A frame that goes before; null for none.</param>
    protected void Close(CloseReason reason, byte[]? last = null)
    {
        if (last is not null) first = last;
        var told = OnClosing(reason);
        connection.Close(told.Code, told.Text);
    }

    internal WebSocketConnection Connect(DoorKit kit, WebSocketConnection made)
    {
        Kit = kit;
        return connection = made;
    }

    void IPeerLink.Flush() => connection.Flush();

    void IPeerLink.Expelled(Peer expelled, Room room)
    {
        // What the program has done with it before it has entered, the door does not know.
        if (Volatile.Read(ref peer) is not null) OnExpelled(room);
        else if (expelled.Room is null) expelled.Disconnect(CloseReason.NotAllowed);
    }

    void IPeerLink.Close(CloseReason reason)
    {
        // Who was too slow would not read the rest either.
        if (reason == CloseReason.TooSlow) peer?.Outbox.Close();
        Close(reason);
    }

    ValueTask IWebSocketHandler.OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload)
    {
        bytesRead += payload.Length;
        return OnMessageAsync(type, payload);
    }

    void IWebSocketHandler.OnReadCompleted()
    {
        if (bytesRead > 0) Kit.Metrics.Received(bytesRead);
        bytesRead = 0;
        EndBatch();
    }

    void IWebSocketHandler.OnFailed(Exception exception) => ServerLog.MessageFailed(Kit.Logger, peer?.Id, exception);

    // The code is the protocol's, whatever the door says.
    void IWebSocketHandler.OnRefused(ushort code, string reason) => OnClosing(new CloseReason(code, reason));

    void IWebSocketHandler.OnEnding()
    {
        // Cancels the rule that the connection waits for: a validator, or one that is asked about a peer.
        _ = Interlocked.CompareExchange(ref ending, Ended, null)?.CancelAsync();
        if (Volatile.Read(ref peer) is { } admitted) Hub.Remove(admitted, CloseReason.Lost);
    }

    void IWebSocketHandler.OnClosed(ushort code, string reason)
    {
        Kit.Connections.Remove(connection);
        if (peer is not null) Kit.Remove(peer, new CloseReason(code, reason));
        try
        {
            OnClosed(code, reason);
        }
        catch (Exception exception)
        {
            // On this thread it would end the process.
            ServerLog.MessageFailed(Kit.Logger, peer?.Id, exception);
        }
    }

    ReadOnlyMemory<byte> IFrameSource.Peek()
    {
        if (first is { } greeting) return greeting;
        return Volatile.Read(ref peer) is { } admitted ? admitted.Outbox.Peek() : default;
    }

    void IFrameSource.Advance(int count)
    {
        Kit.Metrics.Flushed(count);
        if (first is not null)
        {
            first = null;
            return;
        }
        peer!.Outbox.Advance(count);
        OnTaken(count);
    }

    void IFrameSource.Blocked() => peer?.Outbox.Blocked();

    bool IFrameSource.TryAppend(ReadOnlySpan<byte> frame) => Volatile.Read(ref peer) is { } admitted && admitted.Outbox.TryAppend(frame);

    void IFrameSource.Complete() => peer?.Outbox.Complete();

    void IFrameSource.Close() => peer?.Outbox.Close();

    private void EndBatch()
    {
        batch?.Dispose();
        batch = null;
        answers?.Send();
    }

    private Answers CreateAnswers()
    {
        var created = new Answers(Peer, connection);
        return Interlocked.CompareExchange(ref answers, created, null) ?? created;
    }

    private CancellationToken Ending()
    {
        var created = new CancellationTokenSource();
        return (Interlocked.CompareExchange(ref ending, created, null) ?? created).Token;
    }

    private static CancellationTokenSource Cancelled()
    {
        var source = new CancellationTokenSource();
        source.Cancel();
        return source;
    }
}
