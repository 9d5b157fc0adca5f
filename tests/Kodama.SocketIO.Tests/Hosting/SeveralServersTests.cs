using System.Net.WebSockets;
using Kodama.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO.Tests;

/// <summary>Several Socket.IO servers of one hub.</summary>
public class SeveralServersTests
{
    [Fact]
    public async Task Servers_AtPathsOfTheirOwn_ShareNothing()
    {
        await using var server = new KodamaServer(configure: builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.Configure<SocketIOOptions>("/b", options => options.MaxHttpBufferSize = 5000);
        });
        var a = server.Endpoints.MapSocketIO("/a", options => options.Parser = SocketIOParser.Json);
        var b = server.Endpoints.MapSocketIO("/b/", options => options.Parser = SocketIOParser.MessagePack);
        a.OnConnection(socket => socket.On("who", () => socket.Emit("who", "a")));
        a.Of("/more").OnConnection(_ => { });
        b.OnConnection(socket => socket.On("who", () => socket.Emit("who", "b")));
        await server.StartAsync("127.0.0.1", 0).Within();
        var address = new Uri(server.Addresses[0]);

        using var json = await WebSocketClient.OpenAsync(address, path: "/a/");
        await json.SendAsync("40");
        Assert.StartsWith("40{", await json.ReadAsync(), StringComparison.Ordinal);
        await json.SendAsync("""42["who"]""");
        using var packed = new ClientWebSocket();
        await packed.ConnectAsync(
            new UriBuilder(address) { Scheme = "ws", Path = "/b/", Query = "EIO=4&transport=websocket" }.Uri,
            CancellationToken.None).Within();
        var open = Bytes.Text((await ReadAsync(packed)).Data);
        await SendAsync(packed, NotePack.Packet(PacketType.Connect, "null"));
        await ReadAsync(packed);
        await SendAsync(packed, NotePack.Packet(PacketType.Connect, "null", "/more"));
        var refused = NotePack.Text(Convert.ToHexString((await ReadAsync(packed)).Data));
        await SendAsync(packed, NotePack.Packet(PacketType.Event, """["who"]"""));

        Assert.Equal("""42["who","a"]""", await json.ReadAsync());
        Assert.Contains("\"maxPayload\":5000}", open, StringComparison.Ordinal);
        Assert.Equal("""{"type":4,"nsp":"/more","data":{"message":"Invalid namespace"}}""", refused);
        Assert.Equal(
            """{"type":2,"nsp":"/","data":["who","b"]}""", NotePack.Text(Convert.ToHexString((await ReadAsync(packed)).Data)));
        Assert.Equal((1, 1), (a.Engine.SessionCount, b.Engine.SessionCount));
        Assert.Equal((1, 1), (a.Sockets.Count, b.Sockets.Count));
    }

    [Fact]
    public async Task Rooms_OfASecondServer_AreItsOwn()
    {
        using var server = new TestServer(o => o.Relay = true);
        var second = server.Add("/b", o => o.Relay = true);
        var (first, raw) = (await server.ComeAsync(), await server.ComeRawAsync());
        var sessions = new[] { new FakeSession(second), new FakeSession(second) };
        foreach (var session in sessions)
        {
            await session.SendAsync("0", """21["join","r"]""");
            Assert.StartsWith("0{", await session.ReadAsync(), StringComparison.Ordinal);
            Assert.Equal("31[]", await session.ReadAsync());
        }
        await first.EmitAsync("""["join","r"]""", 1);
        await first.ReadAsync();

        await sessions[0].SendAsync("""2["said","in b"]""");
        second.Emit("all of", "b");
        second.To("r").Emit("r of", "b");
        await first.EmitAsync("""["said","in a"]""");
        server.IO.Emit("all of", "a");
        server.IO.To("r").Emit("r of", "a");

        string[] expected = ["""2["said","in b"]""", """2["all of","b"]""", """2["r of","b"]"""];
        foreach (var packet in expected[1..]) Assert.Equal(packet, await sessions[0].ReadAsync());
        foreach (var packet in expected) Assert.Equal(packet, await sessions[1].ReadAsync());
        Assert.Equal("""2["all of","a"]""", await first.ReadAsync());
        Assert.Equal("""2["r of","a"]""", await first.ReadAsync());
        Assert.Equal("""{"event":"all of","args":["a"]}|""", raw.Got);
        Assert.Equal(
            ["/b?/", "/b?/,r", "lobby", "r"], server.Hub.Rooms.Select(room => room.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["r"], second.Sockets.Values.First().Rooms.Where(room => room.Length == 1));
    }

    [Theory]
    [InlineData("/b?/")]
    [InlineData("/b?/,r")]
    [InlineData("/b?/any")]
    [InlineData("/b?/any,r")]
    public async Task Rooms_OfASecondServer_AreClosedToAllOthers(string room)
    {
        using var server = new TestServer(o => (o.Relay, o.AnyNamespace) = (true, true));
        var second = server.Add("/b", o => (o.Relay, o.AnyNamespace) = (true, true));
        var raw = await server.ComeRawAsync();
        var own = new FakeSession(second);
        await own.SendAsync("0/any,", """2/any,1["join","r"]""");
        Assert.StartsWith("0/any,{", await own.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal("3/any,1[]", await own.ReadAsync());

        // Nor is it a namespace of the first.
        var first = server.Open();
        await first.SendAsync($"0{room.Split(',')[0]},");

        Assert.Contains("Invalid namespace", await first.ReadAsync(), StringComparison.Ordinal);
        Assert.NotEqual(JoinResult.Joined, await raw.JoinAsync(room));
    }

    [Fact]
    public async Task Namespaces_OfTheFirst_AreClosedToTheSecond()
    {
        using var server = new TestServer();
        server.IO.Of("/admin").Use((_, next) => next());
        var second = server.Add("/b", o => (o.Relay, o.AnyNamespace, o.SharesRooms) = (true, true, true));
        var (session, admin) = (new FakeSession(second), await server.ComeAsync("/admin"));
        await session.SendAsync("0/admin,");
        Assert.StartsWith("0/admin,{", await session.ReadAsync(), StringComparison.Ordinal);

        await session.SendAsync("""2/admin,["to","admins"]""");
        server.IO.Of("/admin").Emit("from", "admin");

        Assert.Equal("""2/admin,["from","admin"]""", await admin.ReadAsync());
        Assert.Empty(session.ReadAll());
        Assert.Equal(JoinResult.AlreadyIn, server.Hub.Join(admin.Socket.Peer!, new JoinRequest { Room = "/admin" }, null).Result);
    }

    [Fact]
    public async Task SharesRooms_OfTwo_IsOneRoom()
    {
        using var server = new TestServer(o => o.Relay = true);
        var second = server.Add("/b", o => (o.Relay, o.SharesRooms) = (true, true));
        var (first, raw) = (await server.ComeAsync(), await server.ComeRawAsync());
        var other = new FakeSession(second);
        await other.SendAsync("0");
        Assert.StartsWith("0{", await other.ReadAsync(), StringComparison.Ordinal);

        await other.SendAsync("""2["message","from b"]""");
        await first.EmitAsync("""["message","from a"]""");
        second.Emit("message", "to all");

        Assert.Equal("""2["message","from b"]""", await first.ReadAsync());
        Assert.Equal("""2["message","to all"]""", await first.ReadAsync());
        Assert.Equal("""2["message","from a"]""", await other.ReadAsync());
        Assert.Equal("""2["message","to all"]""", await other.ReadAsync());
        Assert.Equal("from b|from a|to all|", raw.Got);
    }

    [Theory]
    [InlineData(false, "4{\"message\":\"The rules of room lobby do not let this client in.\"}")]
    [InlineData(true, "0{")]
    public async Task SharesRooms_OfAGuardedNamespace_TakesGuardedOnes(bool isGuarded, string expected)
    {
        using var server = new TestServer();
        var second = server.Add("/b", o => o.SharesRooms = true);
        server.IO.Use((_, next) => next());
        if (isGuarded) second.Use((_, next) => next());
        var other = new FakeSession(second);

        await other.SendAsync("0");

        Assert.StartsWith(expected, await other.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal("", (await server.ComeRawAsync()).Got);
        Assert.StartsWith("0{", await FirstOf(server), StringComparison.Ordinal);

        static async Task<string> FirstOf(TestServer server)
        {
            var session = server.Open();
            await session.SendAsync("0");
            return await session.ReadAsync();
        }
    }

    [Fact]
    public async Task SharesRooms_False_LeavesTheHubsRoomsToOthers()
    {
        using var server = new TestServer(o => (o.Relay, o.SharesRooms) = (true, false));
        var second = server.Add("/b", o => o.Relay = true);
        var (own, raw, shared) = (await server.ComeAsync(), await server.ComeRawAsync(), new FakeSession(second));
        await shared.SendAsync("0");
        await shared.ReadAsync();

        raw.Say("hello");
        server.IO.Emit("own");

        Assert.Equal("""2["message","hello"]""", await shared.ReadAsync());
        Assert.Equal("""2["own"]""", await own.ReadAsync());
        Assert.Equal("", raw.Got);
    }

    [Fact]
    public async Task Recovery_OfEach_IsItsOwn()
    {
        using var server = new TestServer(o => o.ConnectionStateRecovery = new());
        var second = server.Add("/b", o => o.ConnectionStateRecovery = new());
        var session = new FakeSession(second);
        await session.SendAsync("0");
        var pid = (await session.ReadAsync()).Split('"')[7];
        await session.CutAsync();
        server.IO.Emit("of a");
        second.Emit("of b");

        var elsewhere = server.Open();
        await elsewhere.SendAsync($$"""0{"pid":"{{pid}}"}""");
        var back = new FakeSession(second);
        await back.SendAsync($$"""0{"pid":"{{pid}}"}""");

        Assert.StartsWith("0{", await elsewhere.ReadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("0{", await back.ReadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("2[\"of b\",", await back.ReadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/socket.io/", null, false, "server at /socket.io already")]
    [InlineData("/b", true, true, "ConnectionStateRecovery")]
    [InlineData("/b,c", null, false, "Path is \"/b,c\"")]
    [InlineData("long", null, false, "must be a room's name")]
    public void AnotherServer_ThatCannotBe_IsRefused(string path, bool? shares, bool recovers, string expected)
    {
        using var server = new TestServer(o => o.ConnectionStateRecovery = new());

        var refused = Assert.ThrowsAny<Exception>(() => server.Add(path == "long" ? "/" + new string('b', 260) : path, o =>
        {
            o.SharesRooms = shares;
            if (recovers) o.ConnectionStateRecovery = new();
        }));

        Assert.True(refused is InvalidOperationException or ArgumentException);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    private static Task SendAsync(ClientWebSocket socket, byte[] packet) =>
        socket.SendAsync(packet, WebSocketMessageType.Binary, true, CancellationToken.None).Within();

    private static async Task<(WebSocketMessageType Type, byte[] Data)> ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[10_000];
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None).Within();
        return (received.MessageType, buffer[..received.Count]);
    }
}
