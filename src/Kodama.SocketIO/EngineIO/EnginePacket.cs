namespace Kodama.SocketIO;

/// <summary>An Engine.IO packet; its data is a slice of what it was read from.</summary>
internal readonly record struct EnginePacket(EnginePacketType Type, bool IsBinary, Memory<byte> Data)
{
    /// <summary>Whether this is the ping or pong of an upgrade.</summary>
    public bool IsProbe => !IsBinary && Data.Span.SequenceEqual("probe"u8);
}
