using System.Net.WebSockets;
using System.Text;
using Kodama.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO.Tests;

/// <summary>The whole door, from sockets of the operating system to handlers and back.</summary>
public class MapSocketIOTests
{
    [Fact]
    public async Task Handlers_OfAnApplication_SpeakWithAWebSocketClient()
    {
        var disconnected = new TaskCompletionSource<string>();
        await using var server = Create(out var io);
        io.OnConnection(socket =>
        {
            socket.On<string>("message", data => io.Emit("message", data));
            socket.On<int, int>("double", value => Task.FromResult(value * 2));
            socket.OnDisconnect(disconnected.SetResult);
            return socket.JoinAsync("somewhere");
        });
        var address = await StartAsync(server);
        using var client = await WebSocketClient.ConnectAsync(address);

        await client.SendAsync("""42["message","hi"]""");
        Assert.Equal("""42["message","hi"]""", await client.ReadAsync());
        await client.SendAsync("""427["double",21]""");
        Assert.Equal("437[42]", await client.ReadAsync());
        client.Dispose();

        Assert.Equal(DisconnectReason.TransportClose, await disconnected.Task.Within());
        await Deadline.UntilAsync(() => server.Hub.PeerCount == 0);
    }

    [Theory]
    [InlineData(1000, false)]
    [InlineData(1002, true)]
    public async Task Packets_BeforeTheEndOfTheWebSocket_AreAnsweredBeforeIt(int closes, bool isBad)
    {
        await using var server = Create(out _);
        var address = await StartAsync(server);
        await using var client = await RawClient.ConnectAsync(address);
        await client.UpgradeAsync("/socket.io/?EIO=4&transport=websocket");
        Assert.StartsWith("0{", await client.ReadTextAsync(), StringComparison.Ordinal);

        await client.SendAsync([
            .. RawFrame.OfText("40"), .. RawFrame.OfText("40/nowhere,"),
            .. RawFrame.Masked(RawFrame.PingOpcode, "a"u8), .. RawFrame.Masked(RawFrame.PingOpcode, "b"u8),
            .. isBad ? RawFrame.Masked(3, []) : RawFrame.OfClose(1000)]);

        var frames = new List<RawFrame>();
        while (await client.ReadFrameAsync() is { } frame) frames.Add(frame);
        // Pongs keep their order; among packets, which lie in the queues of their namespaces, they have no place.
        string[] packets = [.. frames.Where(frame => frame.Opcode == RawFrame.TextOpcode).Select(frame => frame.Text).Order()];
        Assert.Equal(2, packets.Length);
        Assert.StartsWith("40{", packets[0], StringComparison.Ordinal);
        Assert.StartsWith("44/nowhere,", packets[1], StringComparison.Ordinal);
        Assert.Equal(["a", "b"], frames.Where(frame => frame.Opcode == RawFrame.PongOpcode).Select(frame => frame.Text));
        Assert.Equal(RawFrame.CloseOpcode, frames[^1].Opcode);
        Assert.Equal(closes, frames[^1].CloseCode);
    }

    [Fact]
    public async Task Polling_CarriesConnectEventsAndDisconnect()
    {
        await using var server = Create(out var io);
        io.OnConnection(socket => { socket.On<string>("echo", text => socket.Emit("echo", text)); });
        var address = await StartAsync(server);
        using var http = new HttpClient { BaseAddress = new Uri(address, "/socket.io/?EIO=4&transport=polling") };
        var open = await http.GetStringAsync("?EIO=4&transport=polling").Within();
        var sid = open[9..open.IndexOf('"', 9)];
        var path = $"?EIO=4&transport=polling&sid={sid}";

        await PostAsync("40");
        Assert.StartsWith("40{", await http.GetStringAsync(path).Within(), StringComparison.Ordinal);
        await PostAsync("42[\"echo\",\"a\"]\u001e42[\"echo\",\"b\"]");
        var got = await http.GetStringAsync(path).Within();
        while (!got.Contains("\"b\"", StringComparison.Ordinal)) got += "\u001e" + await http.GetStringAsync(path).Within();
        Assert.Equal("42[\"echo\",\"a\"]\u001e42[\"echo\",\"b\"]", got);
        await PostAsync("41");

        await Deadline.UntilAsync(() => server.Hub.PeerCount == 0);

        async Task PostAsync(string body)
        {
            using var content = new StringContent(body);
            using var answer = await http.PostAsync(path, content).Within();
            Assert.Equal("ok", await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Recovery_OverRealConnections_SendsWhatWasMissed()
    {
        await using var server = Create(out var io, o => o.ConnectionStateRecovery = new());
        var address = await StartAsync(server);
        string pid;
        string sid;
        using (var client = await WebSocketClient.OpenAsync(address))
        {
            await client.SendAsync("40");
            using var connect = System.Text.Json.JsonDocument.Parse((await client.ReadAsync())![2..]);
            (sid, pid) = (connect.RootElement.GetProperty("sid").GetString()!, connect.RootElement.GetProperty("pid").GetString()!);
        }
        await Deadline.UntilAsync(() => io.Sockets.Count == 0);
        io.Emit("missed", 1);

        using var again = await WebSocketClient.OpenAsync(address);
        await again.SendAsync($$"""40{"pid":"{{pid}}"}""");

        var back = await again.ReadAsync();
        Assert.StartsWith("40{", back, StringComparison.Ordinal);
        Assert.Contains(sid, back, StringComparison.Ordinal);
        Assert.Matches("""^42\["missed",1,"[A-Za-z0-9_-]{12}"\]$""", await again.ReadAsync());
    }

    [Fact]
    public async Task Malformed_Packet_EndsTheConnectionAndNothingElse()
    {
        await using var server = Create(out _, o => o.Relay = true);
        var address = await StartAsync(server);
        using var bad = await WebSocketClient.ConnectAsync(address);
        using var good = await WebSocketClient.ConnectAsync(address);
        using var other = await WebSocketClient.ConnectAsync(address);

        await bad.SendAsync("42[\"a\"");
        Assert.Null(await bad.ReadAsync());
        await good.SendAsync("42[\"a\"]");

        Assert.Equal("42[\"a\"]", await other.ReadAsync());
    }

    [Fact]
    public async Task Stop_OfTheServer_EndsTheSessions()
    {
        var told = new TaskCompletionSource<string>();
        await using var server = Create(out var io);
        io.OnConnection(socket => { socket.OnDisconnect(told.SetResult); });
        using var client = await WebSocketClient.ConnectAsync(await StartAsync(server));

        await server.StopAsync().Within();

        Assert.Null(await client.ReadAsync());
        Assert.Equal(DisconnectReason.ServerShuttingDown, await told.Task.Within());
    }

    [Fact]
    public async Task RawWebSocket_OfAGuardedNamespacesRoom_IsClosed()
    {
        await using var server = Create(out var io);
        io.Of("/admin").Use((_, next) => next());
        var address = await StartAsync(server);
        using var raw = new ClientWebSocket();
        await raw.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/ws/%2Fadmin" }.Uri, CancellationToken.None).Within();

        await raw.ReceiveAsync(new byte[100], CancellationToken.None).Within();

        Assert.Equal(3000, (int)raw.CloseStatus!.Value);
        Assert.Equal("The rules of the room do not let this client in.", raw.CloseStatusDescription);
    }

    [Fact]
    public async Task V3Client_IsGreetedAfterTheOpenPacket()
    {
        await using var server = Create(out _, o => o.AllowEIO3 = true);
        var address = await StartAsync(server);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(
            new UriBuilder(address) { Scheme = "ws", Path = "/socket.io/", Query = "EIO=3&transport=websocket" }.Uri,
            CancellationToken.None).Within();
        var buffer = new byte[1000];

        var first = await socket.ReceiveAsync(buffer, CancellationToken.None).Within();
        Assert.Equal((byte)'0', buffer[0]);
        Assert.True(first.EndOfMessage);
        var second = await socket.ReceiveAsync(buffer, CancellationToken.None).Within();
        Assert.Equal("40", Encoding.UTF8.GetString(buffer, 0, second.Count));
    }

    [Fact]
    public async Task Session_WithoutANamespace_MakesRoomForOthers()
    {
        await using var server = Create(out _, o =>
        {
            o.MaxSessions = 2;
            o.Relay = true;
        });
        var address = await StartAsync(server);
        using var joined = await WebSocketClient.ConnectAsync(address);
        using var idle = await WebSocketClient.OpenAsync(address);

        using var next = await WebSocketClient.ConnectAsync(address);

        Assert.Null(await idle.ReadAsync());
        await Assert.ThrowsAsync<WebSocketException>(() => WebSocketClient.OpenAsync(address));
        await joined.SendAsync("""42["message","hi"]""");
        Assert.Equal("""42["message","hi"]""", await next.ReadAsync());
    }

    [Fact]
    public async Task MapSocketIO_WithAnOptionOutOfItsRange_SaysWhich()
    {
        await using var server = Server();

        var exception = Assert.Throws<ArgumentException>(() => server.Endpoints.MapSocketIO(o => o.MaxPendingEvents = 0));

        Assert.Contains("MaxPendingEvents is 0", exception.Message, StringComparison.Ordinal);
    }

    private static KodamaServer Server() => new(configure: builder => builder.Logging.ClearProviders());

    private static KodamaServer Create(out SocketIOServer io, Action<SocketIOOptions>? configure = null)
    {
        var server = Server();
        io = server.Endpoints.MapSocketIO(configure);
        return server;
    }

    private static async Task<Uri> StartAsync(KodamaServer server)
    {
        await server.StartAsync("127.0.0.1", 0).Within();
        return new Uri(server.Addresses[0]);
    }
}
