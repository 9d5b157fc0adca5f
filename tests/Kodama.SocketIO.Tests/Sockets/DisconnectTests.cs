using System.Collections.Concurrent;

namespace Kodama.SocketIO.Tests;

public class DisconnectTests
{
    [Theory]
    [InlineData("transport close")]
    [InlineData("transport error")]
    [InlineData("ping timeout")]
    [InlineData("parse error")]
    [InlineData("server shutting down")]
    public async Task Session_ThatEnds_EndsItsSocketsWithItsReason(string reason)
    {
        using var server = new TestServer();
        var told = Listen(server);
        var client = await server.ComeAsync();
        await client.Socket.JoinAsync("r");

        await client.Session.CutAsync(reason);

        await Deadline.UntilAsync(() => told.Count == 2);
        Assert.Equal([$"disconnecting {reason} 2", $"disconnect {reason} 1"], told);
        AssertNothingIsLeft(server);
    }

    [Fact]
    public async Task Client_ThatLeavesANamespace_StaysInTheOthers()
    {
        using var server = new TestServer();
        var told = Listen(server);
        server.IO.Of("/b");
        var client = await server.ComeAsync();
        var other = new TestClient(server, client.Session, "/b");
        await other.ConnectAsync();

        await client.Session.SendAsync("1");
        server.IO.Of("/b").Emit("still");

        Assert.Equal("2/b,[\"still\"]", await other.ReadAsync());
        await Deadline.UntilAsync(() => told.Count == 2);
        Assert.Equal("disconnect client namespace disconnect 1", told.Last());
        await client.ConnectAsync();
        Assert.Equal(2, server.Hub.PeerCount);
    }

    [Fact]
    public async Task Disconnect_OfASocket_IsToldAfterWhatWasSent()
    {
        using var server = new TestServer();
        var told = Listen(server);
        server.IO.Of("/b");
        var client = await server.ComeAsync();
        var other = new TestClient(server, client.Session, "/b");
        await other.ConnectAsync();

        var socket = client.Socket;
        socket.Emit("last");
        socket.Disconnect();
        socket.Emit("never");

        Assert.Equal("2[\"last\"]", await client.ReadAsync());
        Assert.Equal("1", await client.ReadAsync());
        await Deadline.UntilAsync(() => told.Count == 2);
        Assert.Equal("disconnect server namespace disconnect 1", told.Last());
        Assert.False(client.Session.Closed.IsCompleted);
    }

    [Fact]
    public async Task Disconnect_WithClose_EndsTheConnection()
    {
        using var server = new TestServer();
        server.IO.Of("/b");
        var client = await server.ComeAsync();
        var other = new TestClient(server, client.Session, "/b");
        await other.ConnectAsync();

        client.Socket.Disconnect(close: true);

        await client.Session.Closed.Within();
        Assert.Equal(["1", "1/b"], client.Session.ReadAll().Select(m => m.TrimEnd(',')).Order());
        AssertNothingIsLeft(server);
    }

    [Fact]
    public async Task Peer_ThatTheHubDisconnects_IsToldAndClosed()
    {
        using var server = new TestServer();
        var client = await server.ComeAsync();

        Assert.Single(server.Hub.Peers).Disconnect();

        await client.Session.Closed.Within();
        Assert.Equal(["1"], client.Session.ReadAll());
        AssertNothingIsLeft(server);
    }

    [Fact]
    public async Task Hub_ThatStops_EndsSocketsAsServerShuttingDown()
    {
        using var server = new TestServer();
        var told = Listen(server);
        var client = await server.ComeAsync();

        server.Hub.Stop();

        Assert.Equal(DisconnectReason.ServerShuttingDown, await client.Session.Closed.Within());
        await Deadline.UntilAsync(() => told.Count == 2);
        Assert.Equal("disconnect server shutting down 1", told.Last());
    }

    [Fact]
    public async Task Client_ThatIsTooSlow_IsCutOff()
    {
        using var server = new TestServer(hub: new HubOptions { Outbox = { MaxBytes = 1000 } });
        var told = Listen(server);
        var client = await server.ComeAsync();
        client.Session.Stall();

        for (var i = 0; i < 30; i++) server.IO.Emit("much", new string('x', 100));

        Assert.Equal(DisconnectReason.ForcedClose, await client.Session.Closed.Within());
        await Deadline.UntilAsync(() => told.Count == 2);
        Assert.Equal("disconnect transport error 1", told.Last());
        AssertNothingIsLeft(server);
    }

    private static ConcurrentQueue<string> Listen(TestServer server)
    {
        var told = new ConcurrentQueue<string>();
        server.IO.OnConnection(socket =>
        {
            socket.OnDisconnecting(reason => told.Enqueue($"disconnecting {reason} {socket.Rooms.Count}"));
            socket.OnDisconnect(reason => told.Enqueue($"disconnect {reason} {socket.Rooms.Count}"));
        });
        return told;
    }

    private static void AssertNothingIsLeft(TestServer server)
    {
        Assert.Empty(server.Hub.Peers);
        Assert.All(server.Hub.Rooms, room => Assert.Empty(room.Peers));
        Assert.Empty(server.IO.Sockets);
        Assert.Equal(0, server.IO.JoinlessCount);
    }
}
