namespace Kodama.SocketIO.Tests;

public sealed class BroadcastTests : IDisposable
{
    private readonly TestServer server = new();
    private TestClient a = null!;
    private TestClient b = null!;
    private TestClient c = null!;

    public void Dispose() => server.Dispose();

    [Fact]
    public async Task Emit_OfTheServer_ReachesAllAndRawPeersToo()
    {
        await ComeAsync();
        var raw = await server.ComeRawAsync();

        server.IO.Emit("message", "hi");

        await AssertGotAsync("""2["message","hi"]""", a, b, c);
        Assert.Equal("hi|", raw.Got);
    }

    [Fact]
    public async Task To_OneRoom_ReachesThoseInIt()
    {
        await ComeAsync();

        server.IO.To("ab").Emit("x");

        await AssertGotAsync("""2["x"]""", a, b);
    }

    [Fact]
    public async Task To_SeveralRooms_ReachesEachOnce()
    {
        await ComeAsync();

        server.IO.To("ab").To("bc").Emit("x");

        await AssertGotAsync("""2["x"]""", a, b, c);
    }

    [Fact]
    public async Task To_TheIdOfASocket_ReachesIt()
    {
        await ComeAsync();

        server.IO.To(b.Id).Emit("x");
        await AssertGotAsync("""2["x"]""", b);
        server.IO.To(a.Id, "bc").Emit("y");
        await AssertGotAsync("""2["y"]""", a, b, c);
    }

    [Fact]
    public async Task Except_Rooms_LeavesThemOut()
    {
        await ComeAsync();

        server.IO.Except("bc").Emit("x");
        await AssertGotAsync("""2["x"]""", a);
        server.IO.To("ab").Except("bc").Emit("y");
        await AssertGotAsync("""2["y"]""", a);
        server.IO.Except(c.Id).Emit("z");
        await AssertGotAsync("""2["z"]""", a, b);
    }

    [Fact]
    public async Task Socket_ThatBroadcasts_DoesNotGetIt()
    {
        await ComeAsync();

        a.Socket.Broadcast.Emit("x");
        await AssertGotAsync("""2["x"]""", b, c);
        b.Socket.To("bc").Emit("y");
        await AssertGotAsync("""2["y"]""", c);
        b.Socket.Except("ab").Emit("z");
        await AssertGotAsync("""2["z"]""", c);
    }

    [Fact]
    public async Task Volatile_IsLostForWhomItCannotBeSentToAtOnce()
    {
        await ComeAsync();
        b.Session.Stall();

        server.IO.Volatile.Emit("x");
        a.Socket.Volatile.Emit("y");
        b.Socket.Volatile.Emit("y");

        Assert.Equal(0, b.Socket.Peer!.Outbox.QueuedBytes);
        Assert.Equal(["2[\"x\"]", "2[\"y\"]"], a.Session.ReadAll());
        await AssertGotAsync("""2["x"]""", c);
    }

    [Fact]
    public async Task Left_Rooms_AreHeardNoMore()
    {
        await ComeAsync();

        await b.Socket.LeaveAsync("ab");
        server.IO.To("ab").Emit("x");

        await AssertGotAsync("""2["x"]""", a);
        Assert.Equal([b.Id, "bc"], b.Socket.Rooms);
    }

    [Fact]
    public async Task SocketsOfARoom_CanBeMovedFetchedAndDisconnected()
    {
        await ComeAsync();

        server.IO.In("ab").SocketsJoin("new");
        Assert.Equal(new[] { a.Id, b.Id }.Order(), server.IO.In("new").FetchSockets().Select(s => s.Id).Order());
        server.IO.In(a.Id).SocketsLeave("new");
        Assert.Equal([b.Id], server.IO.In("new").FetchSockets().Select(s => s.Id));
        server.IO.In("new").DisconnectSockets();

        await AssertGotAsync("1", b);
        Assert.Equal(2, server.IO.Sockets.Count);
    }

    [Fact]
    public async Task Rooms_OfTheMainNamespaceThatBeginWithASlash_AreNotOtherNamespaces()
    {
        await ComeAsync();
        server.IO.Of("/admin");
        var admin = await server.ComeAsync("/admin");

        await a.Socket.JoinAsync("/admin");
        server.IO.Of("/admin").Emit("secret");
        server.IO.To("/admin").Emit("open");

        Assert.Equal("2/admin,[\"secret\"]", await admin.ReadAsync());
        await AssertGotAsync("""2["open"]""", a);
        Assert.Empty(admin.Session.ReadAll());
    }

    [Fact]
    public async Task Join_OfMoreRoomsThanAllowed_Throws()
    {
        using var small = new TestServer(hub: new HubOptions { MaxRoomsPerPeer = 2 });
        var client = await small.ComeAsync();

        await client.Socket.JoinAsync("one");

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.Socket.JoinAsync("two"));
        await Assert.ThrowsAsync<ArgumentException>(() => client.Socket.JoinAsync("a\nb"));
    }

    private async Task ComeAsync()
    {
        a = await server.ComeAsync();
        b = await server.ComeAsync();
        c = await server.ComeAsync();
        await a.Socket.JoinAsync("ab");
        await b.Socket.JoinAsync("ab", "bc");
        await c.Socket.JoinAsync("bc");
    }

    /// <summary>These got this and nothing else, and the others nothing.</summary>
    private async Task AssertGotAsync(string packet, params TestClient[] receivers)
    {
        foreach (var receiver in receivers) Assert.Equal(packet, await receiver.ReadAsync());
        Assert.All([a, b, c], client => Assert.Empty(client.Session.ReadAll()));
    }
}
