using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>How the Socket.IO peers of one namespace and format get messages: as events. One instance for all of them.
/// Thread-safe.</summary>
/// <param name="name">The namespace in UTF-8.</param>
/// <param name="format">The format of the peers' transport.</param>
/// <param name="deflate">How large messages are compressed, for peers that have negotiated it; null for those that have not.</param>
internal sealed class EventEncoder(ReadOnlyMemory<byte> name, EngineFormat format, PerMessageDeflateOptions? deflate = null)
    : IMessageEncoder
{
    /// <remarks>
    /// A client closes its connection over an event with a reserved name. One that another door let in becomes a packet that says nothing.
    /// </remarks>
    public Frame Encode(in Message message) => ReservedEvents.Contains(message.Event)
        ? PacketFrame.Encode(EnginePacketType.Noop)
        : PacketFrame.Encode(OutgoingPacket.ForEvent(name, message.Event, message.Payload), format, deflate);
}
