namespace Kodama.Bench.Soak;

/// <summary>Any WebSocket client, at <c>/ws/ROOM</c>. It is in the room before its handshake is answered.</summary>
internal sealed class RawPeer(Wire wire) : SoakPeer(wire)
{
    private readonly TextSocket _socket = new();

    public override Task JoinAsync(string room, CancellationToken cancellationToken) =>
        _socket.ConnectAsync(Wire, "/ws/" + room, cancellationToken);

    public override Task SayAsync(string text, CancellationToken cancellationToken) => _socket.SendAsync(text, cancellationToken);

    public override IAsyncEnumerable<string> HearAsync(CancellationToken cancellationToken) => _socket.AllAsync(cancellationToken);

    public override Task LeaveAsync(CancellationToken cancellationToken) => _socket.CloseAsync(cancellationToken);

    public override void Dispose()
    {
        _socket.Dispose();
        base.Dispose();
    }
}
