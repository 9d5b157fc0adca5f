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
