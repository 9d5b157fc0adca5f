using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>How the Socket.IO peers of one namespace and format get messages: as events. One instance for all of them.
/// Thread-safe.</summary>
/// <param name="name">The namespace in UTF-8.</param>
/// <param name="format">What the peers read.</param>
/// <param name="deflate">How large messages are compressed, for peers that have negotiated it; null for those that have not.</param>
internal sealed class EventEncoder(ReadOnlyMemory<byte> name, PacketFormat format, PerMessageDeflateOptions? deflate = null)
    : IMessageEncoder
{
    /// <remarks>
    /// A client closes its connection over an event with a reserved name. One that another door let in becomes a packet that says nothing.
    /// </remarks>
    public Frame Encode(in Message message) => ReservedEvents.Contains(message.Event)
        ? PacketFrame.Encode(EnginePacketType.Noop)
        : PacketFrame.Encode(OutgoingPacket.ForEvent(name, message.Event, message.Payload), format, deflate);
}

/// <summary>The wire formats of one namespace: one for each kind of session, shared by all of its sockets.</summary>
internal sealed class NamespaceEncoders(ReadOnlyMemory<byte> name, PerMessageDeflateOptions? deflate, RecoveryStream? recovery)
{
    private readonly EventEncoder[] plain =
        [.. Enum.GetValues<PacketFormat>().Select(format => new EventEncoder(name, format))];

    private readonly EventEncoder[] deflated =
        [.. Enum.GetValues<PacketFormat>().Select(format => new EventEncoder(name, format, deflate))];

    /// <remarks>With recovery nothing is compressed: the offset is written into the frame when it is known.</remarks>
    public IMessageEncoder For(PacketFormat format, bool takesDeflated) => format != PacketFormat.JsonV3 && recovery is not null
        ? recovery
        : (takesDeflated ? deflated : plain)[(int)format];
}
