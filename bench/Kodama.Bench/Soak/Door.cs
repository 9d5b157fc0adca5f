namespace Kodama.Bench.Soak;

/// <summary>A way in.</summary>
internal sealed record Door(string Name, bool Hears, Func<Wire, SoakPeer> Enter)
{
    public static IReadOnlyList<Door> All { get; } =
    [
        new("raw", true, wire => new RawPeer(wire)),
        new("socket.io websocket", true, wire => new SocketIOPeer(wire, SocketIOWay.WebSocket)),
        new("socket.io polling", true, wire => new SocketIOPeer(wire, SocketIOWay.Polling)),
        new("socket.io upgrade", true, wire => new SocketIOPeer(wire, SocketIOWay.Upgrade)),
        new("event stream", true, wire => new EventStreamPeer(wire)),
        new("http publish", false, wire => new HttpPeer(wire)),
    ];
}
