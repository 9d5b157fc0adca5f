namespace Kodama.SocketIO;

public sealed partial class SocketIOSocket
{
    /// <summary>Sends an event to this socket alone. After its end it goes nowhere.</summary>
    internal void SendEvent(string eventName, in Payload arguments, bool isVolatile, long? ackId = null)
    {
        if (state == Connecting)
        {
            throw new InvalidOperationException(
                $"Socket {Id} is not connected yet: send \"{eventName}\" in a connection handler, not in middleware.");
        }
        if (handlers is { AnyOutgoing.Length: > 0 }) TellOutgoing(eventName, arguments);
        if (!Connected || (isVolatile && !IsWritable(Peer!))) return;
        var message = new Message(null, null, eventName, arguments, Namespace.Hub.Time.GetUtcNow());
        // Flushed at once: the handler that sends may block before it returns.
        using var batch = FlushBatch.Rent();
        if (Track is not null && ackId is null)
        {
            Namespace.Recovery!.Send(Track.OwnRoom, null, null, message, isVolatile, batch);
            return;
        }
        var frame = ackId is null
            ? Peer!.Encoder.Encode(message)
            : PacketFrame.Encode(
                OutgoingPacket.ForEvent(Namespace.NameBytes, eventName, arguments, ackId), NamespaceEncoders.FormatOf(Version));
        Namespace.Hub.CountDirect(message, Deliver(frame, batch) ? 1 : 0, frame.Length);
        frame.Release();
    }

    /// <summary>Answers an event of the client. After the socket's end it goes nowhere.</summary>
    internal void SendAck(long id, in Payload arguments)
    {
        using var batch = FlushBatch.Rent();
        SendAck(id, arguments, batch);
    }

    /// <summary>Shows an event that goes out to those who listen for them.</summary>
    internal void TellOutgoing(string eventName, in Payload arguments)
    {
        if (handlers is not { AnyOutgoing: { Length: > 0 } listeners }) return;
        _ = RunAsync(listeners, new SocketIOEvent(this, eventName, arguments)).AsTask();
    }

    private void SendAck(long id, in Payload arguments, FlushBatch batch)
    {
        if (!Connected) return;
        var frame = PacketFrame.Encode(OutgoingPacket.Ack(Namespace.NameBytes, id, arguments), NamespaceEncoders.FormatOf(Version));
        Deliver(frame, batch);
        frame.Release();
    }

    private bool Deliver(in Frame frame, FlushBatch batch)
    {
        var isTaken = batch.Deliver(Peer!, frame, SlowPeerPolicy.Disconnect);
        batch.Count(frame.Length);
        return isTaken;
    }
}
