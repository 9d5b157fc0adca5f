namespace Kodama.Bench.Servers;

/// <summary>A server of Socket.IO. Its rooms are joined by event "join", which <c>kodama serve</c> understands, and the two programs
/// too.</summary>
internal abstract class SocketIOServer : BenchServer
{
    /// <summary>Where %d is the number of a room, without a WebSocket.</summary>
    public const string PollingPath = "/socket.io/?EIO=4&transport=polling#r%d";

    public static new IReadOnlyList<BenchServer> All { get; } =
        [new SocketIOServeServer(), new MapSocketIOServer(), new NodeSocketIOServer()];

    public override string Protocol => "sio";

    public override string Path => "/socket.io/?EIO=4&transport=websocket";

    public override string RoomPath => $"{Path}#r%d";
}
