namespace Kodama.SocketIO;

/// <summary>What was wrong with an Engine.IO packet or a polling body. Each ends the session, with node's reason <c>parse
/// error</c>.</summary>
internal enum EngineReadError : byte
{
    None,
    Empty,
    UnknownType,
    BadBase64,
    BadUtf8,
    BadLength,
    TooManyPackets,
}
