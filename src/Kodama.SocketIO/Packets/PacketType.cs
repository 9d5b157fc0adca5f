namespace Kodama.SocketIO;

/// <summary>What a Socket.IO packet is for; the value is its digit on the wire.</summary>
internal enum PacketType : byte
{
    Connect,
    Disconnect,
    Event,
    Ack,
    ConnectError,
    BinaryEvent,
    BinaryAck,
}
