using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>How the Socket.IO peers of one namespace and version get messages: as events. One instance for all of them.
/// Thread-safe.</summary>
/// <param name="name">The namespace in UTF-8.</param>
/// <param name="version">What the peers speak.</param>
/// <param name="deflate">How large messages are compressed, for peers that have negotiated it; null for those that have not.</param>
internal sealed class EventEncoder(ReadOnlyMemory<byte> name, EngineVersion version, PerMessageDeflateOptions? deflate = null)
    : IMessageEncoder
{
    /// <remarks>
    /// A client closes its connection over an event with a reserved name. One that another door let in becomes a packet that says nothing.
    /// </remarks>
    public Frame Encode(in Message message) => ReservedEvents.Contains(message.Event)
        ? PacketFrame.Encode(EnginePacketType.Noop)
        : PacketFrame.Encode(OutgoingPacket.ForEvent(name, message.Event, message.Payload), version, deflate);
}

/// <summary>The wire formats of one namespace: one for each kind of session, shared by all of its sockets.</summary>
internal sealed class NamespaceEncoders(ReadOnlyMemory<byte> name, PerMessageDeflateOptions? deflate, RecoveryStream? recovery)
{
    private readonly EventEncoder plain = new(name, EngineVersion.V4);
    private readonly EventEncoder v3 = new(name, EngineVersion.V3);
    private readonly EventEncoder deflated = new(name, EngineVersion.V4, deflate);
    private readonly EventEncoder deflatedV3 = new(name, EngineVersion.V3, deflate);

    /// <remarks>With recovery nothing is compressed: the offset is written into the frame when it is known.</remarks>
    public IMessageEncoder For(EngineSession session) => session.Version == EngineVersion.V4
        ? recovery ?? (IMessageEncoder)(session.TakesDeflated ? deflated : plain)
        : session.TakesDeflated ? deflatedV3 : v3;
}
