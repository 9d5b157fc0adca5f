using System.Net;
using System.Net.WebSockets;
using Kodama.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO.Tests;

/// <summary>A namespace with middleware, beside the hub's other ways in and out.</summary>
public sealed class GuardedRoomTests : IAsyncDisposable
{
    private readonly KodamaServer server = new(configure: builder => builder.Logging.ClearProviders());
    private readonly SocketIOServer io;
    private readonly HttpClient http = new();

    public GuardedRoomTests() => io = server.Endpoints.MapSocketIO();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Publish_OverHttp_IsRefused()
    {
        using var admin = await ComeAsync();

        using var answer = await PublishAsync("%2Fadmin", "spoofed");
        io.Of("/admin").Emit("end");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("\"NOT_ALLOWED\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("42/admin,[\"end\"]", await admin.ReadAsync());
    }

    [Fact]
    public async Task Lists_OverHttp_LeaveOutRoomsAndPeers()
    {
        using var admin = await ComeAsync();
        using var open = await WebSocketClient.ConnectAsync(http.BaseAddress!, "&name=Yui");

        var rooms = await http.GetStringAsync("api/rooms").Within();
        var peers = await http.GetStringAsync("api/peers").Within();
        var ofRoom = await http.GetStringAsync("api/peers?room=%2Fadmin").Within();

        Assert.Contains("\"lobby\"", rooms, StringComparison.Ordinal);
        Assert.DoesNotContain("/admin", rooms, StringComparison.Ordinal);
        Assert.Contains("\"Yui\"", peers, StringComparison.Ordinal);
        Assert.DoesNotContain("/admin", peers, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", peers, StringComparison.Ordinal);
        Assert.Equal("""{"peers":[]}""", ofRoom);
    }

    [Fact]
    public async Task Events_OverHttp_TellNothingOfIt()
    {
        using var admin = await ComeAsync();
        using var stream = new StreamReader(await http.GetStreamAsync("api/events").Within());
        using var ofRoom = new StreamReader(await http.GetStreamAsync("api/events?room=%2Fadmin").Within());
        Assert.Equal("event: snapshot", await stream.ReadLineAsync().Within());
        Assert.Equal("event: snapshot", await ofRoom.ReadLineAsync().Within());
        Assert.DoesNotContain("admin", await ofRoom.ReadLineAsync().Within(), StringComparison.Ordinal);

        using var second = await ComeAsync(isFirst: false);
        io.Of("/admin").Emit("to guarded rooms");
        foreach (var socket in io.Of("/admin").FetchSockets()) socket.Emit("to guarded sockets");
        second.Dispose();
        using var open = await WebSocketClient.ConnectAsync(http.BaseAddress!);
        foreach (var socket in io.FetchSockets()) socket.Emit("to one socket");
        server.Hub.Send("to all");
        using var answer = await PublishAsync("lobby", "to the lobby");
        var told = "";
        while (!told.Contains("to the lobby", StringComparison.Ordinal)) told += await stream.ReadLineAsync().Within() + "\n";

        Assert.Contains("to all", told, StringComparison.Ordinal);
        Assert.DoesNotContain("admin", told, StringComparison.Ordinal);
        Assert.DoesNotContain("guarded", told, StringComparison.Ordinal);
        Assert.DoesNotContain("to one socket", told, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MiddlewareOfTheMainNamespace_GuardsTheHubsRooms()
    {
        io.Use((_, next) => next());
        await StartAsync();
        using var client = await WebSocketClient.ConnectAsync(http.BaseAddress!);
        using var raw = new ClientWebSocket();
        await raw.ConnectAsync(new UriBuilder(http.BaseAddress!) { Scheme = "ws", Path = "/ws/tea" }.Uri, CancellationToken.None).Within();

        await raw.ReceiveAsync(new byte[100], CancellationToken.None).Within();
        using var answer = await PublishAsync("lobby", "spoofed");

        Assert.Equal(3000, (int)raw.CloseStatus!.Value);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("""{"rooms":[]}""", await http.GetStringAsync("api/rooms").Within());
    }

    private async Task<WebSocketClient> ComeAsync(bool isFirst = true)
    {
        if (isFirst)
        {
            io.Of("/admin")
                .Use((socket, next) => next(socket.Handshake.GetAuth("password") == "secret" ? null : new SocketIOException("no")));
            await StartAsync();
        }
        var client = await WebSocketClient.OpenAsync(http.BaseAddress!);
        await client.SendAsync("""40/admin,{"password":"secret"}""");
        Assert.StartsWith("40/admin,{", await client.ReadAsync(), StringComparison.Ordinal);
        return client;
    }

    private async Task StartAsync()
    {
        await server.StartAsync("127.0.0.1", 0).Within();
        http.BaseAddress = new Uri(server.Addresses[0]);
    }

    private async Task<HttpResponseMessage> PublishAsync(string room, string text)
    {
        using var content = new StringContent(text);
        return await http.PostAsync($"api/rooms/{room}/messages", content).Within();
    }
}
