using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Kodama.Pusher.Tests;

/// <summary>A client that says and reads frames of the protocol, one after another.</summary>
internal sealed class PusherClient : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly byte[] buffer = new byte[64 * 1024];

    public string SocketId { get; private set; } = "";

    public int? CloseCode => (int?)socket.CloseStatus;

    public static async Task<PusherClient> OpenAsync(Uri hub, string pathAndQuery)
    {
        var client = new PusherClient();
        await client.socket.ConnectAsync(new Uri($"ws://{hub.Authority}{pathAndQuery}"), CancellationToken.None).Within();
        return client;
    }

    public static async Task<PusherClient> ConnectAsync(Uri hub, string key, int protocol = 7)
    {
        var client = await OpenAsync(hub, $"/app/{key}?protocol={protocol}&client=js&version=8.6.0&flash=false");
        var first = await client.ReadAsync();
        Assert.Equal("pusher:connection_established", first!.Event);
        client.SocketId = first.DataJson.GetProperty("socket_id").GetString()!;
        return client;
    }

    public Task SendAsync(string json) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).Within();

    public Task SendBytesAsync(byte[] bytes, WebSocketMessageType type) =>
        socket.SendAsync(bytes, type, endOfMessage: true, CancellationToken.None).Within();

    /// <summary>Asks for a channel, with the signature that it needs.</summary>
    public Task AskAsync(string channel, string? channelData = null, string secret = PusherServer.Secret)
    {
        var signed = channelData is null ? $"{SocketId}:{channel}" : $"{SocketId}:{channel}:{channelData}";
        var auth = $"{PusherServer.Key}:{PusherServer.Hmac(signed, secret)}";
        var data = channelData is null ? "" : $",\"channel_data\":{PusherServer.Json(channelData)}";
        return SendAsync($$$"""{"event":"pusher:subscribe","data":{"channel":"{{{channel}}}","auth":"{{{auth}}}"{{{data}}}}}""");
    }

    /// <summary>Asks for it, and answers what it got for it.</summary>
    public async Task<PusherEvent> SubscribeAsync(string channel, string? channelData = null)
    {
        await AskAsync(channel, channelData);
        return await ExpectAsync("pusher_internal:subscription_succeeded", channel);
    }

    public Task<PusherEvent> JoinAsync(string channel, string user) => SubscribeAsync(channel, $"{{\"user_id\":\"{user}\"}}");

    public async Task<PusherEvent> SignInAsync(string userData)
    {
        var auth = $"{PusherServer.Key}:{PusherServer.Hmac($"{SocketId}::user::{userData}")}";
        await SendAsync($$$"""{"event":"pusher:signin","data":{"auth":"{{{auth}}}","user_data":{{{PusherServer.Json(userData)}}}}}""");
        return await ExpectAsync("pusher:signin_success");
    }

    public async Task<PusherEvent> ExpectAsync(string name, string? channel = null)
    {
        var read = await ReadAsync();
        Assert.Equal((name, channel ?? read?.Channel), (read?.Event, read?.Channel));
        return read!;
    }

    /// <summary>Shows that nothing else has come.</summary>
    public async Task ExpectNothingAsync()
    {
        await SendAsync("""{"event":"pusher:ping","data":{}}""");
        await ExpectAsync("pusher:pong");
    }

    /// <summary>The next event; null, when the connection has ended.</summary>
    public async Task<PusherEvent?> ReadAsync() => await ReadTextAsync() is { } text ? PusherEvent.Parse(text) : null;

    public async Task<string?> ReadTextAsync()
    {
        var message = new MemoryStream();
        while (true)
        {
            ValueWebSocketReceiveResult part;
            try
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).Within();
            }
            catch (WebSocketException)
            {
                return null;
            }
            if (part.MessageType == WebSocketMessageType.Close) return null;
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return Encoding.UTF8.GetString(message.ToArray());
        }
    }

    /// <summary>Goes without a goodbye.</summary>
    public void Abort() => socket.Abort();

    public async ValueTask DisposeAsync()
    {
        using (socket)
        {
            if (socket.State != WebSocketState.Open) return;
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).Within();
        }
    }
}

/// <summary>What a client got.</summary>
/// <param name="Event">The event.</param>
/// <param name="Channel">Of which channel, or null.</param>
/// <param name="Data">Its data: a string, but of errors their JSON.</param>
/// <param name="UserId">Who said it, where that is told.</param>
internal sealed record PusherEvent(string Event, string? Channel, string Data, string? UserId)
{
    public JsonElement DataJson => JsonElement.Parse(Data);

    public static PusherEvent Parse(string text)
    {
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        var data = root.GetProperty("data");
        return new PusherEvent(
            root.GetProperty("event").GetString()!,
            root.TryGetProperty("channel", out var channel) ? channel.GetString() : null,
            data.ValueKind == JsonValueKind.String ? data.GetString()! : data.GetRawText(),
            root.TryGetProperty("user_id", out var user) ? user.GetString() : null);
    }
}
