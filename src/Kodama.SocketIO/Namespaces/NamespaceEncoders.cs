using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>The wire formats of one namespace: one for each kind of session, shared by all of its sockets.</summary>
internal sealed class NamespaceEncoders(ReadOnlyMemory<byte> name, PerMessageDeflateOptions? deflate, NamespaceRecovery? recovery)
{
    private readonly EventEncoder plain = new(name, EngineFormat.WebSocket);
    private readonly EventEncoder v3 = new(name, EngineFormat.WebSocketV3);
    private readonly EventEncoder deflated = new(name, EngineFormat.WebSocket, deflate);
    private readonly EventEncoder deflatedV3 = new(name, EngineFormat.WebSocketV3, deflate);

    public static EngineFormat FormatOf(EngineVersion version) =>
        version == EngineVersion.V4 ? EngineFormat.WebSocket : EngineFormat.WebSocketV3;

    /// <remarks>With recovery nothing is compressed: the offset is written into the frame when it is known.</remarks>
    public IMessageEncoder For(EngineSession session) => session.Version == EngineVersion.V4
        ? recovery?.Encoder ?? (session.TakesDeflated ? deflated : plain)
        : session.TakesDeflated ? deflatedV3 : v3;
}
