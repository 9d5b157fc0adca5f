using System.Net;
using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>A raw peer: one object between its connection and the hub. Connection to hub: messages. Hub to connection: its outbox.</summary>
/// <param name="door">What all of them share.</param>
/// <param name="deflate">What was negotiated of permessage-deflate.</param>
/// <param name="address">Where it comes from.</param>
/// <param name="sendsEvents">Whether its text frames are events.</param>
internal sealed class WebSocketPeer(WebSocketDoor door, DeflateParameters? deflate, IPAddress? address, bool sendsEvents)
    : IPeerLink, IWebSocketHandler, IFrameSource
{
    private static readonly CloseReason NoEvent = new(
        1003, $"With kodama.events=1 a text frame is {{\"event\":\"name\",\"args\":[...]}}; {JsonEscapes.Rule}.");

    private Peer? peer;
    private FlushBatch? batch;
    private long bytesRead;

    public WebSocketConnection Connection { get; private set; } = null!;

    /// <summary>Makes the connection, before anything else is called.</summary>
    public WebSocketConnection Connect(Duplex duplex) =>
        Connection = new WebSocketConnection(
            duplex, WebSocketRole.Server, new MessageReader(WebSocketRole.Server, door.ReaderOptions, deflate, address), this, this,
            door.ConnectionOptions);

    /// <summary>Lets the peer in. From here on it hears the hub.</summary>
    public void Enter(Peer admitted)
    {
        Volatile.Write(ref peer, admitted);
        Connection.Flush();
    }

    void IPeerLink.Flush() => Connection.Flush();

    void IPeerLink.Close(CloseReason reason)
    {
        // Who was too slow would not read the rest either.
        if (reason == CloseReason.TooSlow) peer?.Outbox.Close();
        Connection.Close(reason.Code, reason.Text);
    }

    ValueTask IWebSocketHandler.OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload)
    {
        bytesRead += payload.Length;
        if (peer?.Room is not { } room) return default;
        var eventName = Message.DefaultEvent;
        var said = type == MessageType.Text ? Payload.Text(payload) : Payload.Binary(payload);
        if (sendsEvents && type == MessageType.Text && !EventFrame.TryRead(payload, out eventName, out said))
        {
            peer.Disconnect(NoEvent);
            return default;
        }
        batch ??= FlushBatch.Rent();
        var publishing = door.Hub.PublishAsync(peer, room, said, eventName!, batch);
        return publishing.IsCompletedSuccessfully ? default : new ValueTask(publishing.AsTask());
    }

    void IWebSocketHandler.OnReadCompleted()
    {
        if (bytesRead > 0) door.Metrics.Received(bytesRead);
        bytesRead = 0;
        batch?.Dispose();
        batch = null;
    }

    void IWebSocketHandler.OnFailed(Exception exception) => ServerLog.MessageFailed(door.Logger, peer?.Id, exception);

    void IWebSocketHandler.OnEnding()
    {
        // Cancels the filter that the connection waits for.
        if (peer is not null) door.Hub.Remove(peer, CloseReason.Lost);
    }

    void IWebSocketHandler.OnClosed(ushort code, string reason)
    {
        door.Connections.Remove(Connection);
        if (peer is not null)
        {
            ServerLog.PeerDisconnected(door.Logger, peer.Id, code, reason);
            door.Hub.Remove(peer, new CloseReason(code, reason));
        }
    }

    ReadOnlyMemory<byte> IFrameSource.Peek() => Volatile.Read(ref peer) is { } admitted ? admitted.Outbox.Peek() : default;

    void IFrameSource.Advance(int count)
    {
        door.Metrics.Flushed(count);
        peer?.Outbox.Advance(count);
    }

    void IFrameSource.Blocked() => peer?.Outbox.Blocked();

    bool IFrameSource.TryAppend(ReadOnlySpan<byte> frame) => peer is not null && peer.Outbox.TryAppend(frame);

    void IFrameSource.Complete() => peer?.Outbox.Complete();

    void IFrameSource.Close() => peer?.Outbox.Close();
}
