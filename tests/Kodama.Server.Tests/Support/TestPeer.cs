using System.Net.WebSockets;
using System.Text;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>A client over .NET's own WebSocket.</summary>
internal sealed class TestPeer(ClientWebSocket socket) : IAsyncDisposable
{
    private readonly byte[] buffer = new byte[64 * 1024];

    public ClientWebSocket Socket => socket;

    /// <summary>The hub's side of it, where a test asked for it.</summary>
    public Peer? Peer { get; set; }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type = WebSocketMessageType.Binary, bool end = true) =>
        socket.SendAsync(bytes, type, end, CancellationToken.None).Within();

    public async Task<Received> ReceiveAsync()
    {
        var message = new MemoryStream();
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).Within();
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return new Received(part.MessageType, message.ToArray());
        }
    }

    public async Task<string> ReceiveTextAsync()
    {
        var received = await ReceiveAsync();
        Assert.Equal(WebSocketMessageType.Text, received.Type);
        return received.Text;
    }

    /// <summary>Reads until the hub closes, and answers.</summary>
    public async Task<(int Code, string? Reason)> ReceiveCloseAsync()
    {
        while ((await ReceiveAsync()).Type != WebSocketMessageType.Close)
        {
        }
        var closed = ((int)socket.CloseStatus!.Value, socket.CloseStatusDescription);
        try
        {
            if (socket.State == WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(socket.CloseStatus.Value, null, CancellationToken.None).Within();
        }
        catch (WebSocketException)
        {
            // Over HTTP/2 the hub may have read the answer, and closed what it came by, before the write of it has ended here.
        }
        return closed;
    }

    public Task CloseAsync(int code = 1000, string reason = "") =>
        socket.CloseAsync((WebSocketCloseStatus)code, reason, CancellationToken.None).Within();

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}

internal sealed record Received(WebSocketMessageType Type, byte[] Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes);
}
