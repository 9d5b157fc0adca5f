namespace Kodama.SocketIO;

/// <summary>One event with an ack id, encoded once for each kind of socket that gets it.</summary>
internal struct AckFrames(SocketIONamespace space, string eventName, Payload arguments, long id)
{
    private Frame v4;
    private Frame v3;

    public Frame For(SocketIOSocket socket)
    {
        ref var frame = ref (socket.Version == EngineVersion.V4 ? ref v4 : ref v3);
        if (frame.IsEmpty)
        {
            frame = PacketFrame.Encode(
                OutgoingPacket.ForEvent(space.NameBytes, eventName, arguments, id), NamespaceEncoders.FormatOf(socket.Version));
        }
        return frame;
    }

    public void Release()
    {
        v4.Release();
        v3.Release();
    }
}
