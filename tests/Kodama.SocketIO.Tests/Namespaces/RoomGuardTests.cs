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

        Assert.Equal(JoinResult.Refused, await raw.JoinAsync("/game"));
        Assert.Equal(JoinResult.Refused, await raw.JoinAsync("/game,r"));
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
        Assert.Equal(JoinResult.Refused, await raw.JoinAsync("/admin"));
        Assert.Equal(JoinResult.Refused, await raw.JoinAsync("/admin,r"));
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
        Assert.Equal("hello|", early.Got);
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
        Assert.False(client.Socket.Peer.IsListed);
        Assert.True(raw.Peer.IsListed);
    }

    [Fact]
    public async Task Middleware_GivenWhileSocketsAreThere_TakesThemOffTheLists()
    {
        using var server = new TestServer(o => o.Relay = true);
        server.IO.Of("/tea");
        server.IO.Of(new Regex("^/room-\\d+$"));
        var tea = await server.ComeAsync("/tea");
        var dynamic = await server.ComeAsync("/room-1");
        var main = await server.ComeAsync();
        Assert.True(tea.Socket.Peer!.IsListed);
        Assert.True(dynamic.Socket.Peer!.IsListed);

        server.IO.Of("/tea").Use((_, next) => next());
        dynamic.Socket.Namespace.Parent!.Use((_, next) => next());

        Assert.False(tea.Socket.Peer.IsListed);
        Assert.False(dynamic.Socket.Peer.IsListed);
        Assert.True(main.Socket.Peer!.IsListed);
    }
}
