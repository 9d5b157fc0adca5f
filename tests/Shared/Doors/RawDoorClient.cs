using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Kodama.Testing;

/// <summary>A client of <c>/ws</c>: the other side of mixed rooms, and the raw door's own.</summary>
internal sealed class RawDoorClient : DoorClient
{
    private readonly ClientWebSocket socket = new();
    private readonly byte[] buffer = new byte[64 * 1024];

    public static async Task<DoorClient> ConnectAsync(Uri hub, string room, string query = "")
    {
        var client = new RawDoorClient();
        var address = new UriBuilder(hub) { Scheme = "ws", Path = $"/ws/{room}", Query = query }.Uri;
        await client.socket.ConnectAsync(address, CancellationToken.None).Within();
        return client;
    }

    public override Task SayAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public override Task SayAsync(byte[] bytes) => SendAsync(bytes, WebSocketMessageType.Binary);

    public override async Task<string?> ReadAsync()
    {
        var message = new MemoryStream();
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).Within();
            if (part.MessageType == WebSocketMessageType.Close) return null;
            message.Write(buffer, 0, part.Count);
            if (!part.EndOfMessage) continue;
            var bytes = message.ToArray();
            return part.MessageType == WebSocketMessageType.Binary
                ? $"binary:{Convert.ToBase64String(bytes)}"
                : OfText(Encoding.UTF8.GetString(bytes));
        }
    }

    public override async ValueTask DisposeAsync()
    {
        using (socket)
        {
            if (socket.State != WebSocketState.Open) return;
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).Within();
        }
    }

    private static string OfText(string text)
    {
        if (!text.StartsWith("{\"event\":", StringComparison.Ordinal)) return text;
        using var json = JsonDocument.Parse(text);
        return $"{json.RootElement.GetProperty("event").GetString()}:{json.RootElement.GetProperty("args").GetRawText()}";
    }

    private Task SendAsync(byte[] bytes, WebSocketMessageType type) =>
        socket.SendAsync(bytes, type, endOfMessage: true, CancellationToken.None).Within();
}
