using System.Net.WebSockets;
using System.Text;

namespace Kodama.Clients.Tests.Processes;

/// <summary>The WebSocket client that comes with .NET.</summary>
internal sealed class DotNetClient : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly byte[] buffer = new byte[64 * 1024];

    public static async Task<DotNetClient> JoinAsync(Uri url)
    {
        var client = new DotNetClient();
        await client.socket.ConnectAsync(url, CancellationToken.None).WithDeadline();
        return client;
    }

    public Task SendAsync(string text) =>
        socket.SendAsync(
            Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).WithDeadline();

    public Task SendBinaryAsync(byte[] bytes) =>
        socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None).WithDeadline();

    public async Task<string> ReceiveTextAsync() => Encoding.UTF8.GetString(await ReceiveAsync(WebSocketMessageType.Text));

    public Task<byte[]> ReceiveBinaryAsync() => ReceiveAsync(WebSocketMessageType.Binary);

    /// <summary>Why the hub has closed it.</summary>
    public async Task<(int Code, string? Reason)> ReceiveCloseAsync()
    {
        await ReceiveAsync(WebSocketMessageType.Close);
        return ((int)socket.CloseStatus!.Value, socket.CloseStatusDescription);
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<byte[]> ReceiveAsync(WebSocketMessageType type)
    {
        using var message = new MemoryStream();
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, CancellationToken.None).WithDeadline();
            Assert.Equal(type, received.MessageType);
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage) return message.ToArray();
        }
    }
}
