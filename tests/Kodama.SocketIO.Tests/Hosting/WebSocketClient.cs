using System.Net.WebSockets;
using System.Text;

namespace Kodama.SocketIO.Tests;

/// <summary>A Socket.IO client on a real WebSocket, by hand. Pings are answered and not told.</summary>
internal sealed class WebSocketClient : IDisposable
{
    private readonly ClientWebSocket socket = new();

    public static async Task<WebSocketClient> OpenAsync(Uri server, string query = "", string path = "/socket.io/")
    {
        var client = new WebSocketClient();
        var address = new UriBuilder(server) { Scheme = "ws", Path = path, Query = "EIO=4&transport=websocket" + query };
        await client.socket.ConnectAsync(address.Uri, CancellationToken.None).Within();
        Assert.StartsWith("0{", await client.ReadAsync(), StringComparison.Ordinal);
        return client;
    }

    public static async Task<WebSocketClient> ConnectAsync(Uri server, string query = "")
    {
        var client = await OpenAsync(server, query);
        await client.SendAsync("40");
        Assert.StartsWith("40{", await client.ReadAsync(), StringComparison.Ordinal);
        return client;
    }

    public Task SendAsync(string packet) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(packet), WebSocketMessageType.Text, true, CancellationToken.None).Within();

    /// <summary>The next message; null when the connection has ended.</summary>
    public Task<string?> ReadAsync() => ReadMessageAsync().Within();

    public void Dispose() => socket.Dispose();

    private async Task<string?> ReadMessageAsync()
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            WebSocketReceiveResult received;
            try
            {
                received = await socket.ReceiveAsync(buffer, CancellationToken.None);
            }
            catch (WebSocketException)
            {
                return null;
            }
            if (received.MessageType == WebSocketMessageType.Close) return null;
            var text = Encoding.UTF8.GetString(buffer, 0, received.Count);
            if (text != "2") return text;
            await SendAsync("3");
        }
    }
}
