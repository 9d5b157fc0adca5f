namespace Kodama.SocketIO;

/// <summary>What Socket.IO servers of several hubs tell and ask each other (32 to 47 of <see cref="ICluster"/>).</summary>
internal enum DoorTelling : byte
{
    /// <summary>An event for sockets that the audience names.</summary>
    Emit = 32,

    /// <summary>The same, to be acknowledged: answered with how many are asked.</summary>
    Ask = 33,

    /// <summary>To who asks: one has acknowledged, or will not.</summary>
    Acknowledged = 34,

    /// <summary>Sockets are to join, to leave, or to be disconnected.</summary>
    Move = 35,

    /// <summary>Which sockets there are.</summary>
    Fetch = 36,

    /// <summary>An event for the program at the other hubs.</summary>
    ServerSide = 37,

    /// <summary>The same, to be acknowledged: answered with how many will.</summary>
    AskServers = 38,

    /// <summary>A socket was taken, to come back to who asks: where it is away, or whether it is connected.</summary>
    Take = 39,
}

/// <summary>What is done with sockets.</summary>
internal enum SocketMove : byte
{
    Join,
    Leave,
    Disconnect,
    Close,
}
