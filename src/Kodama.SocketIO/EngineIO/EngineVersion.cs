namespace Kodama.SocketIO;

/// <summary>The revision of Engine.IO that a client speaks, its <c>EIO</c> query parameter.</summary>
internal enum EngineVersion : byte
{
    /// <summary>Clients of Socket.IO 1 and 2.</summary>
    V3 = 3,

    /// <summary>Clients of Socket.IO 3 and 4.</summary>
    V4 = 4,
}
