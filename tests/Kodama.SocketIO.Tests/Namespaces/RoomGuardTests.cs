using System.Text.RegularExpressions;

namespace Kodama.SocketIO.Tests;

/// <summary>Which rooms of the hub are the door's alone.</summary>
public class RoomGuardTests
{
    [Fact]
    public async Task NamespaceWithCode_KeepsItsRoomsToItself()
    {
        using var server = new TestServer();
        server.IO.Of("/game");
        var game = await server.ComeAsync("/game");
        var raw = await server.ComeRawAsync();

        await game.Socket.JoinAsync("r");

        Assert.Equal(JoinResult.Refused, server.Hub.Join(raw.Peer, "/game"));
        Assert.Equal(JoinResult.Refused, server.Hub.Join(raw.Peer, "/game,r"));
        Assert.Equal(JoinResult.Refused, server.Hub.Move(raw.Peer, raw.Peer.Room!, "/game"));
        Assert.Equal(["lobby"], raw.Peer.Rooms.Select(room => room.Name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DynamicNamespace_IsClosedBeforeItsFirstSocket(bool relays)
    {
        using var server = new TestServer(o => o.Relay = relays);
        server.IO.Of(new Regex("^/room-\\d+$")).Use((_, next) => next());

        var raw = await server.ComeRawAsync("/room-1");

        Assert.Empty(raw.Peer.Rooms);
    }

    [Fact]
    public async Task Relay_SharesRoomsOfNamespacesWithoutMiddleware()
    {
        using var server = new TestServer(o => (o.Relay, o.AnyNamespace) = (true, true));
        server.IO.Of("/admin").Use((_, next) => next());

        var raw = await server.ComeRawAsync("/open");
        var client = await server.ComeAsync("/open");
        await client.EmitAsync("""["message","hello"]""");

        Assert.Equal("hello|", raw.Got);
        Assert.Equal(JoinResult.Refused, server.Hub.Join(raw.Peer, "/admin"));
        Assert.Equal(JoinResult.Refused, server.Hub.Join(raw.Peer, "/admin,r"));
    }

    [Fact]
    public async Task RelayWithRecovery_NumbersWhatIsSaidInEveryRoom()
    {
        using var server = new TestServer(o => (o.Relay, o.AnyNamespace, o.ConnectionStateRecovery) = (true, true, new()));
        server.IO.Of("/named");

        var named = await server.ComeRawAsync("/named");
        var early = await server.ComeRawAsync("/game");
        var client = await server.ComeAsync("/game");
        server.Hub.FindRoom("/game")!.Send("hello");

        Assert.NotNull(named.Peer.Room);
        Assert.Null(early.Peer.Room);
        Assert.Matches("""^2/game,\["message","hello","[A-Za-z0-9_-]{12}"\]$""", await client.ReadAsync());
    }

    [Fact]
    public async Task MainNamespaceWithMiddleware_ClosesAllRooms()
    {
        using var server = new TestServer();
        server.IO.Use((_, next) => next());
        var client = await server.ComeAsync();

        await client.Socket.JoinAsync("tea", "/tea");
        var raw = await server.ComeRawAsync("tea");

        Assert.Empty(raw.Peer.Rooms);
        Assert.Equal(3, client.Socket.Peer!.Rooms.Count);
        Assert.False(server.Hub.IsShown(client.Socket.Peer));
        Assert.True(server.Hub.IsShown(raw.Peer));
    }
}
