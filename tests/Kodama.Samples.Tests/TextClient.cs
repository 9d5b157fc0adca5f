using System.Net.WebSockets;
using System.Text;

namespace Kodama.Samples.Tests;

/// <summary>A stranger's WebSocket client: .NET's own.</summary>
internal sealed class TextClient : IDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly byte[] buffer = new byte[16 * 1024];

    public WebSocketCloseStatus? CloseStatus => socket.CloseStatus;

    public string? CloseReason => socket.CloseStatusDescription;

    public static async Task<TextClient> ConnectAsync(Uri address, string? cookie = null)
    {
        var client = new TextClient();
        if (cookie is not null) client.socket.Options.SetRequestHeader("Cookie", cookie);
        using var deadline = Deadline.Source();
        await client.socket.ConnectAsync(address, deadline.Token);
        return client;
    }

    public async Task SendAsync(string text)
    {
        using var deadline = Deadline.Source();
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, deadline.Token);
    }

    /// <summary>The next text; null, when the other side has closed.</summary>
    public async Task<string?> ReceiveAsync()
    {
        using var deadline = Deadline.Source();
        var length = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), deadline.Token);
            if (received.MessageType == WebSocketMessageType.Close) return null;
            length += received.Count;
            if (received.EndOfMessage) return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }

    /// <summary>What comes until one text fits, that one included.</summary>
    public async Task<string> ReceiveAsync(Func<string, bool> fits)
    {
        while (await ReceiveAsync() is { } text)
        {
            if (fits(text)) return text;
        }
        throw new InvalidOperationException($"Closed with {CloseStatus} {CloseReason} before that came.");
    }

    public async Task CloseAsync()
    {
        using var deadline = Deadline.Source();
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);
    }

    public void Dispose() => socket.Dispose();
}
