namespace Kodama.SocketIO;

/// <summary>What an Engine.IO packet is for; the value is its digit on the wire.</summary>
internal enum EnginePacketType : byte
{
    Open,
    Close,
    Ping,
    Pong,
    Message,
    Upgrade,
    Noop,
}

/// <summary>The revision of Engine.IO that a client speaks, its <c>EIO</c> query parameter.</summary>
internal enum EngineVersion : byte
{
    /// <summary>Clients of Socket.IO 1 and 2.</summary>
    V3 = 3,

    /// <summary>Clients of Socket.IO 3 and 4.</summary>
    V4 = 4,
}

/// <summary>An Engine.IO packet; its data is a slice of what it was read from.</summary>
internal readonly record struct EnginePacket(EnginePacketType Type, bool IsBinary, Memory<byte> Data)
{
    /// <summary>Whether this is the ping or pong of an upgrade.</summary>
    public bool IsProbe => !IsBinary && Data.Span.SequenceEqual("probe"u8);
}
