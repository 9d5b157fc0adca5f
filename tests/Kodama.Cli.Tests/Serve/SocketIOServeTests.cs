using System.Net;
using System.Net.WebSockets;
using System.Text;
using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Serve;

public sealed class SocketIOServeTests
{
    private static readonly string[] Local = ["serve", "--host", "127.0.0.1", "--port", "0"];

    [Fact]
    public async Task Serve_Echo_IsTheUsualChatOfSocketIO()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--echo"]);
        using var client = new ClientWebSocket();
        var address = await kodama.AddressAsync();
        await client.ConnectAsync(
            new UriBuilder(address) { Scheme = "ws", Path = "/socket.io/", Query = "EIO=4&transport=websocket" }.Uri, Deadline());
        Assert.StartsWith("0{", await ReadAsync(client), StringComparison.Ordinal);
        await SendAsync(client, "40");
        Assert.StartsWith("40{", await ReadAsync(client), StringComparison.Ordinal);

        await SendAsync(client, "42[\"message\",\"hello\"]");

        Assert.Equal("42[\"message\",\"hello\"]", await ReadAsync(client));
    }

    [Fact]
    public async Task Serve_OptionsInTheEnvironment_AreTheDoors()
    {
        await using var kodama = KodamaProcess.Start(
            Local, null, ("Kodama__SocketIO__Path", "/chat"), ("Kodama__SocketIO__MaxHttpBufferSize", "5000"));
        using var http = new HttpClient();

        var open = await http.GetStringAsync(new Uri(await kodama.AddressAsync(), "/chat/?EIO=4&transport=polling"), Deadline());

        Assert.Contains("\"maxPayload\":5000}", open, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_NoSocketIO_HasNone()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--no-socketio"]);
        using var http = new HttpClient();

        using var answer = await http.GetAsync(new Uri(await kodama.AddressAsync(), "/socket.io/?EIO=4&transport=polling"), Deadline());

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static Task SendAsync(ClientWebSocket client, string text) =>
        client.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Deadline());

    private static async Task<string> ReadAsync(ClientWebSocket client)
    {
        var buffer = new byte[4096];
        var received = await client.ReceiveAsync(buffer, Deadline());
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private static CancellationToken Deadline() => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;
}
