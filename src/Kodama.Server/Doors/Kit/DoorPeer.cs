using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>
/// A client of a WebSocket door: one object between its connection and the hub. From connection to hub come messages, one after another;
/// from hub to connection goes what its outbox holds, in one send for all that a batch has brought.
/// </summary>
public abstract class DoorPeer : IPeerLink, IWebSocketHandler, IFrameSource
{
    private DoorKit kit = null!;
    private WebSocketConnection connection = null!;
    private Peer? peer;
    private FlushBatch? batch;
    private long bytesRead;

    /// <summary>The client as the hub knows it; there from <see cref="EnterAsync"/> on.</summary>
    protected Peer Peer => peer ?? throw new InvalidOperationException("There is no peer yet: it is known from EnterAsync on.");

    /// <summary>The hub that it is in.</summary>
    protected Hub Hub => kit.Hub;

    /// <summary>
    /// Who gets something by what one read has brought in: given to all that <see cref="OnMessageAsync"/> publishes, and flushed when that
    /// is handled. Flush it before you wait for anything but the hub.
    /// </summary>
    protected FlushBatch Batch => batch ??= FlushBatch.Rent();

    /// <summary>The client has come into the hub and not been told yet: the time to join rooms, by <see cref="Hub.JoinAsync"/>.</summary>
    /// <remarks>May disconnect the peer: then the client is accepted, and closed with the reason.</remarks>
    public virtual ValueTask EnterAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>The client has said something. The payload is valid until the task ends, and nothing more is read until then.</summary>
    protected abstract ValueTask OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload);

    /// <summary>A review of the rules has taken it out of a room. By default who is in no other is closed with 4003.</summary>
    protected virtual void OnExpelled(Room room)
    {
        if (Peer.Room is null) Peer.Disconnect(CloseReason.NotAllowed);
    }

    internal WebSocketConnection Connect(DoorKit by, WebSocketConnection made)
    {
        kit = by;
        return connection = made;
    }

    internal void Open(Peer admitted)
    {
        Volatile.Write(ref peer, admitted);
        connection.Flush();
    }

    internal void Refuse(CloseReason reason) => connection.Close(reason.Code, reason.Text);

    void IPeerLink.Flush() => connection.Flush();

    void IPeerLink.Expelled(Peer expelled, Room room) => OnExpelled(room);

    void IPeerLink.Close(CloseReason reason)
    {
        // Who was too slow would not read the rest either.
        if (reason == CloseReason.TooSlow) peer?.Outbox.Close();
        connection.Close(reason.Code, reason.Text);
    }

    ValueTask IWebSocketHandler.OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload)
    {
        bytesRead += payload.Length;
        return peer is null ? default : OnMessageAsync(type, payload);
    }

    void IWebSocketHandler.OnReadCompleted()
    {
        if (bytesRead > 0) kit.Metrics.Received(bytesRead);
        bytesRead = 0;
        batch?.Dispose();
        batch = null;
    }

    void IWebSocketHandler.OnFailed(Exception exception) => ServerLog.MessageFailed(kit.Logger, peer?.Id, exception);

    void IWebSocketHandler.OnEnding()
    {
        // Cancels the rule that the connection waits for.
        if (peer is not null) kit.Hub.Remove(peer, CloseReason.Lost);
    }

    void IWebSocketHandler.OnClosed(ushort code, string reason)
    {
        kit.Connections.Remove(connection);
        if (peer is null) return;
        ServerLog.PeerDisconnected(kit.Logger, peer.Id, code, reason);
        kit.Hub.Remove(peer, new CloseReason(code, reason));
    }

    ReadOnlyMemory<byte> IFrameSource.Peek() => Volatile.Read(ref peer) is { } admitted ? admitted.Outbox.Peek() : default;

    void IFrameSource.Advance(int count)
    {
        kit.Metrics.Flushed(count);
        peer?.Outbox.Advance(count);
    }

    void IFrameSource.Blocked() => peer?.Outbox.Blocked();

    bool IFrameSource.TryAppend(ReadOnlySpan<byte> frame) => peer is not null && peer.Outbox.TryAppend(frame);

    void IFrameSource.Complete() => peer?.Outbox.Complete();

    void IFrameSource.Close() => peer?.Outbox.Close();
}
