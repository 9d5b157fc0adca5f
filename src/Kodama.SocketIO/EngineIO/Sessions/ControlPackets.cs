namespace Kodama.SocketIO;

/// <summary>What the session itself has to say before the handler's frames. A packet that waits need not wait twice, so that bits
/// suffice.</summary>
[Flags]
internal enum ControlPackets
{
    None = 0,

    /// <summary>The open packet, and the initial one.</summary>
    Open = 1,
    Pong = 2,
    Ping = 4,
}

internal static class ControlFrames
{
    private static readonly byte[] Ping = Of(EnginePacketType.Ping);
    private static readonly byte[] Pong = Of(EnginePacketType.Pong);
    private static readonly byte[] ProbePong = Of(EnginePacketType.Pong, "probe"u8);

    /// <summary>The frame of a ping or pong.</summary>
    public static ReadOnlyMemory<byte> Get(ControlPackets packet) => packet == ControlPackets.Ping ? Ping : Pong;

    /// <summary>The answer to a probe.</summary>
    public static ReadOnlyMemory<byte> Probed => ProbePong;

    /// <summary>The frames that a session begins with.</summary>
    public static byte[] Open(in EngineHandshake handshake, ReadOnlySpan<byte> initialPacket)
    {
        var open = Of(EnginePacketType.Open, handshake.ToJson());
        return initialPacket.IsEmpty ? open : [.. open, .. Of(EnginePacketType.Message, initialPacket)];
    }

    private static byte[] Of(EnginePacketType type, ReadOnlySpan<byte> data = default)
    {
        var frame = new byte[EnginePacketWriter.TextSize(EngineFormat.WebSocket, data)];
        EnginePacketWriter.WriteText(frame, EngineFormat.WebSocket, type, data);
        return frame;
    }
}
