namespace Kodama.SocketIO.Tests;

/// <summary>The hub's own rules for rooms, and sockets.</summary>
public class RoomRuleTests
{
    private bool isOpen = true;

    [Fact]
    public async Task Namespace_WhoseRoomIsClosed_RefusesTheSocket()
    {
        using var server = new TestServer(o => o.Relay = true, new HubRules().Room("lobby", RoomRights.None));
        var session = server.Open();

        await session.SendAsync("0");

        Assert.Equal("""4{"message":"The rules of room lobby do not let this client in."}""", await session.ReadAsync());
        Assert.Equal(0, server.Hub.PeerCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Relay_JoinOfAClosedRoom_IsNotAcknowledgedAndChangesNothing(bool takesTime)
    {
        var rules = new HubRules().Grant(async (_, room, _, _) =>
        {
            if (takesTime) await Task.Yield();
            return room == "secret" ? RoomRights.None : RoomRights.All;
        });
        using var server = new TestServer(o => o.Relay = true, rules);
        var client = await server.ComeAsync();
        var raw = await server.ComeRawAsync();

        await client.EmitAsync("""["join","secret"]""", ack: 1);
        await client.EmitAsync("""["message","hello"]""", ack: 2);

        Assert.Equal("32[]", await client.ReadAsync());
        Assert.Equal("hello|", raw.Got);
        Assert.Equal(["lobby"], client.Socket.Peer!.Rooms.Select(room => room.Name));
    }

    [Fact]
    public async Task Relay_WithoutTheRightToPublish_HearsAndIsNotHeard()
    {
        var rules = new HubRules().Room("lobby", peer => peer.Door == "socket.io" ? RoomRights.Read : RoomRights.All);
        using var server = new TestServer(o => o.Relay = true, rules);
        var client = await server.ComeAsync();
        var raw = await server.ComeRawAsync();

        await client.EmitAsync("""["message","hello"]""", ack: 1);
        raw.Say("listen");

        Assert.Equal("""2["message","listen"]""", await client.ReadAsync());
        Assert.Equal("", raw.Got);
    }

    [Fact]
    public async Task Room_ThatIsOneTooManyForTheHub_IsNotJoinedAndTheProgramIsToldSo()
    {
        using var server = new TestServer(o => o.Relay = true, hub: new HubOptions { Log = { MaxRooms = 1 } });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["join","tea"]""", ack: 1);
        await client.EmitAsync("""["message","hello"]""", ack: 2);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => client.Socket.JoinAsync("tea"));

        Assert.Equal("32[]", await client.ReadAsync());
        Assert.Contains("the hub has as many rooms as Log.MaxRooms allows", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Namespace_WhoseRoomIsOneTooManyForTheHub_EndsTheConnectionSoThatItComesBack()
    {
        using var server = new TestServer(o => o.Relay = true, hub: new HubOptions { Log = { MaxRooms = 1 } });
        await server.ComeRawAsync("tea");
        var session = server.Open();

        await session.SendAsync("0");

        await session.Closed.Within();
        Assert.Equal(1, server.Hub.PeerCount);
    }

    [Fact]
    public async Task Review_OfARoomThatIsClosedNow_LeavesTheSocketInItsNamespace()
    {
        var rules = new HubRules().Grant((_, room) => isOpen || room == "lobby" ? RoomRights.All : RoomRights.None);
        using var server = new TestServer(o => o.Relay = true, rules);
        var client = await server.ComeAsync();
        await client.EmitAsync("""["join","tea"]""", ack: 1);
        Assert.Equal("31[]", await client.ReadAsync());

        isOpen = false;
        await server.Hub.ReviewAsync("tea");
        var raw = await server.ComeRawAsync();
        await client.EmitAsync("""["message","hello"]""", ack: 2);

        Assert.Equal("32[]", await client.ReadAsync());
        Assert.Equal("hello|", raw.Got);
        Assert.Equal([client.Id], client.Socket.Rooms);
    }

    [Fact]
    public async Task Review_OfTheNamespacesOwnRoom_DisconnectsTheSocket()
    {
        using var server = new TestServer(o => o.Relay = true, new HubRules().Grant((_, _) => isOpen ? RoomRights.All : RoomRights.None));
        var client = await server.ComeAsync();

        isOpen = false;
        await server.Hub.ReviewAsync("lobby");

        Assert.Equal("1", await client.ReadAsync());
        Assert.Empty(server.IO.Sockets);
    }

    [Fact]
    public async Task Review_WhileASocketIsLetIn_EndsItSoThatItComesBack()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource<RoomRights>(TaskCreationOptions.RunContinuationsAsynchronously);
        var rules = new HubRules().Grant((_, _, _, _) =>
        {
            asked.TrySetResult();
            return new(answer.Task);
        });
        using var server = new TestServer(o => o.Relay = true, rules);
        var session = server.Open();
        var connecting = session.SendAsync("0");
        await asked.Task.Within();

        await server.Hub.ReviewAsync("lobby");
        answer.SetResult(RoomRights.All);
        await connecting.Within();
        await session.Closed.Within();

        Assert.Empty(server.Hub.Peers);
    }

    [Fact]
    public async Task Code_TakesASocketWhereItWants_AndNobodyIsAsked()
    {
        using var server = new TestServer(rules: new HubRules().OnlyRooms("lobby"));
        var client = await server.ComeAsync();

        await client.Socket.JoinAsync("secret");
        server.IO.To("secret").Emit("hello");

        Assert.Equal("""2["hello"]""", await client.ReadAsync());
    }
}
