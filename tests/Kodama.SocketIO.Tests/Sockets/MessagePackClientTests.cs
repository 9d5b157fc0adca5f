using System.Text.Json;

namespace Kodama.SocketIO.Tests;

/// <summary>Clients with npm's socket.io-msgpack-parser beside others.</summary>
public class MessagePackClientTests
{
    [Fact]
    public async Task Connect_Event_AndAnswers_AreMessagePack()
    {
        using var server = new TestServer();
        server.IO.OnConnection(socket =>
        {
            socket.On<int, string, byte[]>("add", (number, text, bytes) => socket.Emit("added", number + 1, text + "!", bytes));
            socket.On<int, int>("double", value => Task.FromResult(value * 2));
            socket.On("whole", e => socket.Emit("whole", Payload.Arguments(e.Arguments, e.Attachments)));
        });
        var client = new PackClient(server);
        Assert.Matches("^\\{\"type\":0,\"nsp\":\"/\",\"data\":\\{\"sid\":\"[A-Za-z0-9_-]{20,}\"\\}\\}$", await client.ConnectAsync());

        await client.EmitAsync("""["add",41,"木霊","0x0102"]""");
        await client.EmitAsync("""["double",21]""", id: 7);
        await client.EmitAsync("""["whole",{"a":[1.5,null,"0xFF"],"b":9007199254740993},"x"]""");

        Assert.Equal("""{"type":2,"nsp":"/","data":["added",42,"木霊!","0x0102"]}""", await client.ReadAsync());
        Assert.Equal("""{"type":3,"nsp":"/","id":7,"data":[42]}""", await client.ReadAsync());
        Assert.Equal(
            """{"type":2,"nsp":"/","data":["whole",{"a":[1.5,null,"0xFF"],"b":9007199254740993},"x"]}""", await client.ReadAsync());
    }

    [Fact]
    public async Task Namespace_Auth_Refusals_AndDisconnect_AreMessagePack()
    {
        using var server = new TestServer();
        server.IO.Of("/admin")
            .Use((socket, next) => next(socket.Handshake.GetAuth("token") == "木" ? null : new SocketIOException("no \"token\"")))
            .OnConnection(socket => socket.On("bye", () => socket.Disconnect()));
        var client = new PackClient(server);

        Assert.Equal("""{"type":4,"nsp":"/nowhere","data":{"message":"Invalid namespace"}}""", await client.ConnectAsync("/nowhere"));
        Assert.Equal("""{"type":4,"nsp":"/admin","data":{"message":"no \"token\""}}""", await client.ConnectAsync("/admin"));
        var admitted = await client.ConnectAsync("/admin", """{"token":"木"}""");
        Assert.StartsWith("""{"type":0,"nsp":"/admin",""", admitted, StringComparison.Ordinal);
        await client.EmitAsync("""["bye"]""", space: "/admin");
        Assert.Equal("""{"type":1,"nsp":"/admin"}""", await client.ReadAsync());
    }

    [Fact]
    public async Task Room_OfAllKinds_GetsTheSameByItsOwnParser()
    {
        using var server = new TestServer(o => o.Relay = true);
        var json = await server.ComeAsync();
        var (a, b) = (new PackClient(server), new PackClient(server));
        var raw = await server.ComeRawAsync();
        await a.ConnectAsync();
        await b.ConnectAsync();

        await a.EmitAsync("""["message","hello"]""");
        await a.EmitAsync("""["file",{"name":"a\"b","data":"0x0102"},3]""");
        await a.EmitAsync("""["message","0x0A"]""");
        await json.Session.SendAsync("""51-["file",{"_placeholder":true,"num":0},"é"]""");
        await json.Session.SendAsync([1, 2]);
        raw.Say("from raw");

        Assert.Equal("""2["message","hello"]""", await json.ReadAsync());
        Assert.Equal("""51-["file",{"name":"a\"b","data":{"_placeholder":true,"num":0}},3]""", await json.ReadAsync());
        Assert.Equal("b:0102", await json.ReadAsync());
        Assert.Equal("""51-["message",{"_placeholder":true,"num":0}]""", await json.ReadAsync());
        Assert.Equal("b:0A", await json.ReadAsync());
        Assert.Equal("""2["message","from raw"]""", await json.ReadAsync());
        Assert.Equal("""{"type":2,"nsp":"/","data":["message","hello"]}""", await b.ReadAsync());
        Assert.Equal("""{"type":2,"nsp":"/","data":["file",{"name":"a\"b","data":"0x0102"},3]}""", await b.ReadAsync());
        Assert.Equal("""{"type":2,"nsp":"/","data":["message","0x0A"]}""", await b.ReadAsync());
        foreach (var client in (PackClient[])[a, b])
        {
            Assert.Equal("""{"type":2,"nsp":"/","data":["file","0x0102","é"]}""", await client.ReadAsync());
            Assert.Equal("""{"type":2,"nsp":"/","data":["message","from raw"]}""", await client.ReadAsync());
        }
        Assert.StartsWith(
            """hello|{"event":"file","args":[{"name":"a\"b","data":{"$binary":"AQI="}},3]}|""", raw.Got, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relay_JoinsLeavesAndAcknowledges()
    {
        using var server = new TestServer(o => o.Relay = true);
        var (json, client) = (await server.ComeAsync(), new PackClient(server));
        await client.ConnectAsync();
        await json.EmitAsync("""["join","r"]""", 1);
        Assert.Equal("31[]", await json.ReadAsync());

        await client.EmitAsync("""["join","r"]""", id: 0);
        await client.EmitAsync("""["message","in r"]""", id: 1);

        Assert.Equal("""{"type":3,"nsp":"/","id":0,"data":[]}""", await client.ReadAsync());
        Assert.Equal("""{"type":3,"nsp":"/","id":1,"data":[]}""", await client.ReadAsync());
        Assert.Equal("""2["message","in r"]""", await json.ReadAsync());
    }

    [Fact]
    public async Task Broadcast_WithAcks_AsksEachByItsOwnParser()
    {
        using var server = new TestServer();
        var (json, client) = (await server.ComeAsync(), new PackClient(server));
        await client.ConnectAsync();

        var asking = server.IO.EmitWithAckAsync<string, byte[]>("sign", "this");
        Assert.Equal("""20["sign","this"]""", await json.ReadAsync());
        Assert.Equal("""{"type":2,"nsp":"/","id":0,"data":["sign","this"]}""", await client.ReadAsync());
        await json.Session.SendAsync("""61-0[{"_placeholder":true,"num":0}]""");
        await json.Session.SendAsync([1]);
        await client.SendAsync(PacketType.Ack, """["0x02"]""", id: 0);

        var answers = await asking.Within();
        Assert.True(answers.IsComplete);
        Assert.Equal(["01", "02"], answers.Answers.Select(answer => Convert.ToHexString(answer!)));
    }

    [Fact]
    public async Task Recovery_SendsWhatWasMissed_ByWhicheverParserTheClientComesBackWith()
    {
        using var server = new TestServer(o => o.ConnectionStateRecovery = new());
        var (json, client) = (await server.ComeAsync(), new PackClient(server));
        var pid = Member(await client.ConnectAsync(), "pid");
        var before = Member(client.Connected, "sid");
        server.IO.Emit("one", 1, new byte[] { 10 });
        var first = await client.ReadAsync();
        Assert.Matches("^\\{\"type\":2,\"nsp\":\"/\",\"data\":\\[\"one\",1,\"0x0A\",\"[A-Za-z0-9_-]{12}\"\\]\\}$", first);
        // The same place for all.
        Assert.Equal(Offset(first), Offset(await json.ReadAsync()));
        await json.ReadAsync();

        await client.Session.CutAsync();
        server.IO.Emit("two", "\ud800é", new byte[20], new { a = new byte[] { 1, 2 } });
        server.IO.To(before).Emit("three");
        var back = new PackClient(server);
        Assert.Equal(before, Member(await back.ConnectAsync(auth: $$"""{"pid":"{{pid}}","offset":"{{Offset(first)}}"}"""), "sid"));

        Assert.Matches(
            "^\\{\"type\":2,\"nsp\":\"/\",\"data\":\\[\"two\",\"\uFFFDé\",\"0x0{40}\",\\{\"a\":\"0x0102\"\\},\"[A-Za-z0-9_-]{12}\"\\]\\}$",
            await back.ReadAsync());
        Assert.Contains("[\"three\",", await back.ReadAsync(), StringComparison.Ordinal);
        server.IO.Emit("four");
        var four = await back.ReadAsync();
        Assert.Contains("[\"four\",", four, StringComparison.Ordinal);

        await back.Session.CutAsync();
        server.IO.Emit("five");
        var asJson = server.Open();
        await asJson.SendAsync($$"""0{"pid":"{{pid}}","offset":"{{Offset(four)}}"}""");
        Assert.Equal(before, Member((await asJson.ReadAsync())[1..], "sid"));
        Assert.StartsWith("2[\"five\",", await asJson.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recovery_OfARelay_HasOnePlaceForAllParsers()
    {
        using var server = new TestServer(o => (o.Relay, o.ConnectionStateRecovery) = (true, new()));
        var (json, a, b) = (await server.ComeAsync(), new PackClient(server), new PackClient(server));
        await a.ConnectAsync();
        await b.ConnectAsync();

        await a.EmitAsync("""["move","0x01"]""");
        var (atJson, atB) = (await json.ReadAsync(), await b.ReadAsync());

        Assert.Equal("b:01", await json.ReadAsync());
        Assert.StartsWith("""51-["move",{"_placeholder":true,"num":0},""", atJson, StringComparison.Ordinal);
        Assert.StartsWith("""{"type":2,"nsp":"/","data":["move","0x01",""", atB, StringComparison.Ordinal);
        Assert.Equal(Offset(atJson), Offset(atB));
        Assert.Empty(a.Session.ReadAll());
    }

    [Theory]
    [InlineData("00")]
    [InlineData("82a47479706502a36e7370a12f")]
    public async Task Nonsense_EndsTheSession_AndTheHandlersAreTold(string hex)
    {
        using var server = new TestServer();
        var told = new TaskCompletionSource<Exception>();
        server.IO.OnConnection(socket => socket.OnError(told.SetResult));
        var client = new PackClient(server);
        await client.ConnectAsync();

        await client.Session.SendAsync(Bytes.Hex(hex));

        Assert.IsType<SocketIOException>(await told.Task.Within());
        Assert.Equal(DisconnectReason.ForcedClose, await client.Session.Closed.Within());
    }

    [Fact]
    public async Task Parser_ThatTheServerDoesNotTake_EndsTheSession()
    {
        using var onlyJson = new TestServer(o => o.Parser = SocketIOParser.Json);
        using var onlyPack = new TestServer(o => o.Parser = SocketIOParser.MessagePack);
        var client = new PackClient(onlyJson);
        await client.Session.SendAsync(NotePack.Packet(PacketType.Connect, "{}"));
        var json = onlyPack.Open();
        await json.SendAsync("0");

        Assert.Equal(DisconnectReason.ForcedClose, await client.Session.Closed.Within());
        Assert.Equal(DisconnectReason.ForcedClose, await json.Closed.Within());
        Assert.StartsWith("{\"type\":0", await new PackClient(onlyPack).ConnectAsync(), StringComparison.Ordinal);
    }

    private static string Offset(string packet) => packet.TrimEnd('}', ']', '"')[^12..];

    private static string Member(string packet, string name)
    {
        using var document = JsonDocument.Parse(packet);
        var data = document.RootElement.TryGetProperty("data", out var inner) ? inner : document.RootElement;
        return data.GetProperty(name).GetString()!;
    }

    private sealed class PackClient(TestServer server)
    {
        public FakeSession Session { get; } = server.Open();

        public string Connected { get; private set; } = "";

        public async Task<string> ConnectAsync(string space = "/", string auth = "null")
        {
            await SendAsync(PacketType.Connect, auth, space);
            return Connected = await ReadAsync();
        }

        public Task EmitAsync(string array, long? id = null, string space = "/") => SendAsync(PacketType.Event, array, space, id);

        public Task SendAsync(PacketType type, string data, string space = "/", long? id = null) =>
            Session.SendAsync(NotePack.Packet(type, data, space, id));

        public async Task<string> ReadAsync() => NotePack.Text(await Session.ReadAsync());
    }
}
