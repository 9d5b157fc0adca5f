using System.Net.WebSockets;
using System.Text;

namespace Kodama.Cli.Tests.Support;

/// <summary>.NET's own WebSocket client with a deadline on everything.</summary>
internal sealed class TestClient : IDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly CancellationTokenSource deadline = new(TimeSpan.FromSeconds(60));

    public WebSocketCloseStatus? CloseStatus => socket.CloseStatus;

    public static async Task<TestClient> ConnectAsync(Uri hub, string path = "/ws")
    {
        var client = new TestClient();
        await client.socket.ConnectAsync(new Uri(new UriBuilder(hub) { Scheme = "ws" }.Uri, path), client.deadline.Token);
        return client;
    }

    public Task SendAsync(string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, deadline.Token);

    /// <summary>The next message; null when the hub closes.</summary>
    public async Task<string?> ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        var received = await socket.ReceiveAsync(buffer, deadline.Token);
        return received.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    public Task CloseAsync() => socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);

    public void Dispose()
    {
        socket.Dispose();
        deadline.Dispose();
    }
}
