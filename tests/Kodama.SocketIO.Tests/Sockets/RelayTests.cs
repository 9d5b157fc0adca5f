namespace Kodama.SocketIO.Tests;

/// <summary>A server without code, as <c>kodama serve</c> runs it.</summary>
public class RelayTests
{
    [Fact]
    public async Task Event_OfASocket_ReachesTheOthersWithItsArguments()
    {
        using var server = new TestServer(o => o.Relay = true);
        var (a, b) = (await server.ComeAsync(), await server.ComeAsync());
        var raw = await server.ComeRawAsync();

        await a.EmitAsync("""["move",{"x":1},"two"]""");
        await a.EmitAsync("""["message","hello"]""");

        Assert.Equal("""2["move",{"x":1},"two"]""", await b.ReadAsync());
        Assert.Equal("""2["message","hello"]""", await b.ReadAsync());
        Assert.Equal("""{"event":"move","args":[{"x":1},"two"]}|hello|""", raw.Got);
        Assert.Empty(a.Session.ReadAll());
    }

    [Fact]
    public async Task Event_InAnEchoingHub_ReachesItsSenderToo()
    {
        using var server = new TestServer(o => o.Relay = true, hub: new HubOptions { Echo = true });
        var a = await server.ComeAsync();

        await a.EmitAsync("""["message","hello"]""");

        Assert.Equal("""2["message","hello"]""", await a.ReadAsync());
    }

    [Fact]
    public async Task Event_WithBytes_ReachesTheOthersWithThem()
    {
        using var server = new TestServer(o => o.Relay = true);
        var (a, b) = (await server.ComeAsync(), await server.ComeAsync());

        await a.Session.SendAsync("""52-["file",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]""");
        await a.Session.SendAsync([1]);
        await a.Session.SendAsync([2, 2]);

        Assert.Equal("""52-["file",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]""", await b.ReadAsync());
        Assert.Equal("b:01", await b.ReadAsync());
        Assert.Equal("b:0202", await b.ReadAsync());
    }

    [Fact]
    public async Task Join_AndLeave_MoveWhereASocketSpeaks()
    {
        using var server = new TestServer(o => o.Relay = true);
        var (a, b, c) = (await server.ComeAsync(), await server.ComeAsync(), await server.ComeAsync());
        await a.EmitAsync("""["join","red"]""", 1);
        await b.EmitAsync("""["join","red"]""", 1);
        Assert.Equal("31[]", await a.ReadAsync());
        Assert.Equal("31[]", await b.ReadAsync());

        await a.EmitAsync("""["message","in red"]""");
        Assert.Equal("""2["message","in red"]""", await b.ReadAsync());
        await a.EmitAsync("""["leave","red"]""");
        await a.EmitAsync("""["message","to all"]""");
        Assert.Equal("""2["message","to all"]""", await b.ReadAsync());

        Assert.Equal(["""2["message","to all"]"""], c.Session.ReadAll());
        Assert.Equal(2, server.Hub.Rooms.Count);
    }

    [Fact]
    public async Task Join_OfASecondRoom_SpeaksThereAndThenInTheFirstAgain()
    {
        using var server = new TestServer(o => o.Relay = true);
        var (a, red, blue) = (await server.ComeAsync(), await server.ComeAsync(), await server.ComeAsync());
        await red.EmitAsync("""["join","red"]""");
        await blue.EmitAsync("""["join","blue"]""");
        string[] events =
        [
            """["join","red"]""", """["join","blue"]""", """["message",1]""", """["join","red"]""", """["message",2]""",
            """["leave","red"]""", """["message",3]""",
        ];
        foreach (var sent in events) await a.EmitAsync(sent);

        Assert.Equal(["""2["message",2]"""], red.Session.ReadAll());
        Assert.Equal(["""2["message",1]""", """2["message",3]"""], blue.Session.ReadAll());
    }

    [Fact]
    public async Task Leave_OfTheNamespacesOwnRoom_IsAcknowledged_AndLeavesItTheLastToSpeakIn()
    {
        using var server = new TestServer(o => o.Relay = true);
        var (a, lobby, red) = (await server.ComeAsync(), await server.ComeAsync(), await server.ComeAsync());
        await red.EmitAsync("""["join","red"]""");
        var acks = new List<string>();
        string[] events =
        [
            """["join","lobby"]""", """["leave","lobby"]""", """["leave","lobby"]""", """["message",1]""",
            """["join","red"]""", """["join","lobby"]""", """["leave","lobby"]""", """["message",2]""",
        ];

        for (var i = 0; i < events.Length; i++)
        {
            await a.EmitAsync(events[i], i);
            acks.Add(await a.ReadAsync());
        }

        Assert.Equal(Enumerable.Range(0, events.Length).Select(id => $"3{id}[]"), acks);
        Assert.Equal(["""2["message",1]"""], lobby.Session.ReadAll());
        Assert.Equal(["""2["message",1]""", """2["message",2]"""], red.Session.ReadAll());
    }

    [Fact]
    public async Task Join_OfWhatIsNoRoom_IsNothing()
    {
        using var server = new TestServer(o => o.Relay = true);
        var (a, b) = (await server.ComeAsync(), await server.ComeAsync());

        await a.EmitAsync("[\"join\",\"" + new string('x', 300) + "\"]", 1);
        await a.EmitAsync("""["join",""]""", 2);
        await a.EmitAsync("""["message","still here"]""");

        Assert.Equal("""2["message","still here"]""", await b.ReadAsync());
        Assert.Empty(a.Session.ReadAll());
    }

    [Fact]
    public async Task Ack_OfARelayedEvent_TellsThatItWasPublished()
    {
        using var server = new TestServer(o => o.Relay = true, rules: new HubRules().BanWords(["pest"]));
        var (a, b) = (await server.ComeAsync(), await server.ComeAsync());

        await a.EmitAsync("""["message","you pest"]""", 1);
        await a.EmitAsync("""["message","you friend"]""", 2);

        Assert.Equal("""2["message","you friend"]""", await b.ReadAsync());
        Assert.Equal("32[]", await a.ReadAsync());
        Assert.Empty(a.Session.ReadAll());
    }

    [Fact]
    public async Task Event_WithoutRelay_ReachesNobody()
    {
        using var server = new TestServer();
        var (a, b) = (await server.ComeAsync(), await server.ComeAsync());
        var raw = await server.ComeRawAsync();

        await a.EmitAsync("""["score",1000]""");
        await a.EmitAsync("""["join","red"]""", 1);
        server.IO.Emit("end");

        Assert.Equal("""2["end"]""", await b.ReadAsync());
        Assert.Equal("""2["end"]""", await a.ReadAsync());
        Assert.Equal("""{"event":"end","args":[]}|""", raw.Got);
        Assert.Equal(["lobby"], server.Hub.Rooms.Select(r => r.Name));
    }

    [Fact]
    public async Task Handlers_OfMiddleware_GetEventsWithoutConnectionHandlers()
    {
        using var server = new TestServer();
        server.IO.Use((socket, next) =>
        {
            socket.On("ask", e => e.Ack());
            return next();
        });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["ask"]""", 7);

        Assert.Equal("37[]", await client.ReadAsync());
    }

    [Fact]
    public async Task AnyNamespace_HasItsOwnRoom()
    {
        using var server = new TestServer(o => (o.Relay, o.AnyNamespace) = (true, true));
        var (a, b) = (await server.ComeAsync(), await server.ComeAsync("/game"));
        var c = await server.ComeAsync("/game");

        await b.EmitAsync("""["hi"]""");

        Assert.Equal("2/game,[\"hi\"]", await c.ReadAsync());
        Assert.Empty(a.Session.ReadAll());
        Assert.Equal(["/game", "lobby"], server.Hub.Rooms.Select(r => r.Name).Order());
    }

    [Fact]
    public async Task Relaying_InSteadyState_AllocatesNothing()
    {
        using var server = new TestServer(o => o.Relay = true);
        var speaker = await server.ComeAsync();
        for (var i = 0; i < 20; i++) (await server.ComeAsync()).Session.Discards = true;
        var packet = Bytes.Of("""2["message","hello there, how are you?"]""");
        var other = Bytes.Of("""2["move",{"x":1,"y":2}]""");
        var buffer = new byte[packet.Length];
        var second = new byte[other.Length];

        Assert.Equal(0, Measure(() => speaker.Session.SendNow(packet, buffer, 1000)));
        Assert.Equal(0, Measure(() => speaker.Session.SendNow(other, second, 1000)));
        Assert.Equal(0, server.Hub.Counts.Dropped);
    }

    /// <summary>The least of a few runs, as the runtime allocates for itself now and then while it warms up.</summary>
    private static long Measure(Action run)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 6; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
