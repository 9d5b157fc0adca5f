using System.Text.RegularExpressions;

namespace Kodama.SocketIO.Tests;

public class ConnectTests
{
    [Fact]
    public async Task Connect_ToTheMainNamespace_AnswersWithAnIdOfItsOwn()
    {
        using var server = new TestServer();
        var session = server.Open();

        await session.SendAsync("0");

        Assert.Matches(@"^0\{""sid"":""[A-Za-z0-9_-]{20}""\}$", await session.ReadAsync());
        Assert.DoesNotContain(session.Id, server.IO.Sockets.Keys);
        Assert.Equal("socket.io", Assert.Single(server.Hub.Peers).Door);
        Assert.Equal(1, server.Hub.FindRoom("lobby")?.PeerCount);
    }

    [Fact]
    public async Task Connect_ToAnUnknownNamespace_IsRefusedAndTheSessionLives()
    {
        using var server = new TestServer();
        var session = server.Open();

        await session.SendAsync("0/nowhere,");
        await session.SendAsync("0");

        Assert.Equal("""4/nowhere,{"message":"Invalid namespace"}""", await session.ReadAsync());
        Assert.StartsWith("0{", await session.ReadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2/other,[\"a\"]")]
    [InlineData("4{\"message\":\"no\"}")]
    [InlineData("1/other")]
    public async Task Packet_ThatHasNoPlace_EndsTheSessionAsNodeDoes(string packet)
    {
        using var server = new TestServer();
        var reasons = new List<string>();
        server.IO.OnConnection(socket => { socket.OnDisconnect(reasons.Add); });
        var client = await server.ComeAsync();

        await client.Session.SendAsync(packet);

        Assert.Equal(DisconnectReason.ForcedClose, await client.Session.Closed.Within());
        await Deadline.UntilAsync(() => reasons.Count == 1);
        Assert.Equal(DisconnectReason.ForcedServerClose, reasons[0]);
    }

    [Fact]
    public async Task Event_BeforeConnect_EndsTheSession()
    {
        using var server = new TestServer();
        var session = server.Open();

        await session.SendAsync("2[\"a\"]");

        Assert.Equal(DisconnectReason.ForcedClose, await session.Closed.Within());
    }

    [Fact]
    public async Task Session_ThatJoinsNothingInTime_IsEnded()
    {
        using var server = new TestServer(o => o.ConnectTimeout = TimeSpan.FromSeconds(10));
        var idle = server.Open();
        var client = await server.ComeAsync();

        server.Clock.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(DisconnectReason.ForcedClose, await idle.Closed.Within());
        Assert.False(client.Session.Closed.IsCompleted);
        Assert.Equal(0, server.IO.JoinlessCount);
    }

    [Fact]
    public async Task Middleware_ThatRefusesWithData_IsToldToTheClient()
    {
        using var server = new TestServer();
        server.IO.Of("/admin").Use((socket, next) => socket.Handshake.GetAuth("token") == "right"
            ? next()
            : next(SocketIOException.With("not authorized", new Dictionary<string, string> { ["please"] = "retry" })));
        var session = server.Open();

        await session.SendAsync("0/admin,{\"token\":\"wrong\"}");
        Assert.Equal("""4/admin,{"message":"not authorized","data":{"please":"retry"}}""", await session.ReadAsync());
        await session.SendAsync("0/admin,{\"token\":\"right\"}");
        Assert.StartsWith("0/admin,{\"sid\":", await session.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal(1, server.Hub.PeerCount);
    }

    [Fact]
    public async Task Middleware_ThatFails_TellsTheClientNothingOfIt()
    {
        using var server = new TestServer();
        server.IO.Use((_, _) => throw new InvalidOperationException("password=secret"));
        var session = server.Open();

        await session.SendAsync("0");

        Assert.Equal("""4{"message":"The server failed to let this client in."}""", await session.ReadAsync());
    }

    [Fact]
    public async Task Middleware_ThatEndsWithoutNext_Refuses()
    {
        using var server = new TestServer();
        server.IO.Use((_, _) => Task.CompletedTask);
        var session = server.Open();

        await session.SendAsync("0");

        Assert.StartsWith("4{\"message\":\"A middleware did not let this pass", await session.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Middleware_ThatJoinsRooms_HasTheSocketInThem()
    {
        using var server = new TestServer();
        server.IO.Use(async (socket, next) =>
        {
            await socket.JoinAsync("vip");
            await next();
        });
        var client = await server.ComeAsync();

        server.IO.To("vip").Emit("hi");

        Assert.Equal("2[\"hi\"]", await client.ReadAsync());
    }

    [Fact]
    public async Task Validator_ThatRefuses_IsAConnectError()
    {
        using var server = new TestServer(rules: new HubRules().RequireDetail("name"));
        var session = server.Open();

        await session.SendAsync("0");
        Assert.StartsWith("4{\"message\":\"", await session.ReadAsync(), StringComparison.Ordinal);
        Assert.Empty(server.Hub.Peers);
        await server.ComeAsync(query: "&name=Yui");

        Assert.Equal(["name"], Assert.Single(server.Hub.Peers).Details.Keys);
    }

    [Fact]
    public async Task Details_OfTheQuery_AreThoseOfTheApplication()
    {
        using var server = new TestServer();

        await server.ComeAsync(auth: """{"password":"secret"}""", query: "&name=Yui&t=abc&token=secret&kodama.token=maple&KODAMA.x=1");

        Assert.Equal(["name"], Assert.Single(server.Hub.Peers).Details.Keys);
    }

    [Fact]
    public async Task DynamicNamespace_LivesFromItsFirstSocketToItsLast()
    {
        using var server = new TestServer();
        var seen = new List<string>();
        var parent = server.IO.Of(new Regex("^/room-\\d+$"));
        parent.OnConnection(socket => seen.Add(socket.Namespace.Name));
        var first = server.Open();
        var second = server.Open();

        await first.SendAsync("0/room-1,");
        await second.SendAsync("0/room-2,");
        await first.SendAsync("0/room-x,");
        await first.ReadAsync();
        await second.ReadAsync();
        Assert.Equal("""4/room-x,{"message":"Invalid namespace"}""", await first.ReadAsync());
        await Deadline.UntilAsync(() => seen.Count == 2);

        parent.Emit("all");
        Assert.Equal("2/room-1,[\"all\"]", await first.ReadAsync());
        Assert.Equal("2/room-2,[\"all\"]", await second.ReadAsync());

        await first.SendAsync("1/room-1,");
        Assert.Equal(["/room-2"], parent.Children.Select(child => child.Name));
    }

    [Fact]
    public async Task Predicate_IsAskedForEachClient()
    {
        using var server = new TestServer();
        server.IO.Of((_, handshake) => ValueTask.FromResult(handshake.GetAuth("password") == "right"));
        await server.ComeAsync("/room", """{"password":"right"}""");
        var second = server.Open();

        await second.SendAsync("""0/room,{"password":"wrong"}""");
        await second.SendAsync("""0/room,{"password":"right"}""");

        Assert.Equal("""4/room,{"message":"Invalid namespace"}""", await second.ReadAsync());
        Assert.StartsWith("0/room,{", await second.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predicate_ThatThrows_AdmitsNobody()
    {
        using var server = new TestServer();
        server.IO.Of((_, _) => throw new InvalidOperationException("broken"));
        var session = server.Open();

        await session.SendAsync("0/any,");

        Assert.Equal("""4/any,{"message":"Invalid namespace"}""", await session.ReadAsync());
    }

    [Fact]
    public async Task Connection_InAsManyNamespacesAsMayBe_IsRefusedOneMore()
    {
        using var server = new TestServer(o => (o.AnyNamespace, o.MaxNamespacesPerConnection) = (true, 2));
        var session = server.Open();

        foreach (var name in new[] { "/a", "/b", "/c" }) await session.SendAsync($"0{name},");

        Assert.StartsWith("0/a,", await session.ReadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("0/b,", await session.ReadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("4/c,", await session.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task V3Client_IsInTheMainNamespaceAtOnce()
    {
        using var server = new TestServer();
        server.IO.Of("/admin").Use((socket, next) => socket.Handshake.GetAuth("token") == "x" ? next() : next(new SocketIOException("no")));
        var session = server.Open(version: EngineVersion.V3);

        Assert.Equal("0", await session.ReadAsync());
        await session.SendAsync("0/admin?token=y,");
        Assert.Equal("4/admin,\"no\"", await session.ReadAsync());
        await session.SendAsync("0/admin?token=x,");
        Assert.Equal("0/admin", (await session.ReadAsync()).TrimEnd(','));
        Assert.Contains(session.Id, server.IO.Sockets.Keys);
    }

    [Fact]
    public async Task V3Client_ThatSendsConnectWhileItIsLetIn_DoesNotBecomeTwoSockets()
    {
        using var server = new TestServer();
        var gate = new TaskCompletionSource();
        var asked = 0;
        server.IO.Use(async (_, next) =>
        {
            Interlocked.Increment(ref asked);
            await gate.Task;
            await next();
        });
        var session = server.Open(version: EngineVersion.V3);

        var sending = session.SendAsync("0");
        gate.SetResult();
        await sending.Within();

        Assert.Equal(DisconnectReason.ForcedClose, await session.Closed.Within());
        Assert.Equal(1, asked);
        Assert.Empty(server.Hub.Peers);
    }
}
