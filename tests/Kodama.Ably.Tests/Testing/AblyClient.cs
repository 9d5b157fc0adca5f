using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Kodama.Ably.Tests;

/// <summary>A client that says and reads ProtocolMessages, one after another. It says JSON, whatever goes over the wire.</summary>
internal sealed class AblyClient(WireFormat format) : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly byte[] buffer = new byte[64 * 1024];
    private int serial;

    public JsonElement Connected { get; private set; }

    public string Id => Connected.GetProperty("connectionId").GetString()!;

    public string Key => Connected.GetProperty("connectionDetails").GetProperty("connectionKey").GetString()!;

    public int? CloseCode => (int?)socket.CloseStatus;

    public static async Task<AblyClient> OpenAsync(Uri hub, string query, WireFormat format = WireFormat.Json)
    {
        var client = new AblyClient(format);
        var packed = format == WireFormat.MessagePack ? "&format=msgpack" : "";
        await client.socket.ConnectAsync(new Uri($"ws://{hub.Authority}/?v=6&{query}{packed}"), CancellationToken.None).Within();
        return client;
    }

    public static async Task<AblyClient> ConnectAsync(Uri hub, string query, WireFormat format = WireFormat.Json)
    {
        var client = await OpenAsync(hub, query, format);
        client.Connected = await client.ExpectAsync(ProtocolAction.Connected);
        return client;
    }

    public Task SendAsync(string json)
    {
        using var writer = WireWriter.Rent(format);
        var bytes = writer.Element(WireDocument.Read(Encoding.UTF8.GetBytes(json), WireFormat.Json)!.Root).Written.ToArray();
        // Of JSON an element is copied as it is.
        if (format == WireFormat.MessagePack)
        {
            using var packed = WireWriter.Rent(format);
            bytes = packed.Json(Encoding.UTF8.GetBytes(json)).Written.ToArray();
        }
        return SendBytesAsync(bytes, format == WireFormat.Json ? WebSocketMessageType.Text : WebSocketMessageType.Binary);
    }

    public Task SendBytesAsync(byte[] bytes, WebSocketMessageType type) =>
        socket.SendAsync(bytes, type, endOfMessage: true, CancellationToken.None).Within();

    /// <summary>Attaches; answers ATTACHED.</summary>
    public async Task<JsonElement> AttachAsync(string channel, string more = "")
    {
        await SendAsync($$"""{"action":10,"channel":"{{channel}}"{{more}}}""");
        return await ExpectAsync(ProtocolAction.Attached);
    }

    /// <summary>Publishes one message, as JSON.</summary>
    public Task PublishAsync(string channel, string message, int? msgSerial = null) =>
        SendAsync($$"""{"action":15,"channel":"{{channel}}","msgSerial":{{msgSerial ?? serial++}},"messages":[{{message}}]}""");

    public Task PresenceAsync(string channel, string message, int? msgSerial = null) =>
        SendAsync($$"""{"action":14,"channel":"{{channel}}","msgSerial":{{msgSerial ?? serial++}},"presence":[{{message}}]}""");

    public async Task<JsonElement> ExpectAsync(ProtocolAction action)
    {
        var read = await ReadAsync();
        Assert.True(read is { } got && got.GetProperty("action").GetInt32() == (int)action, $"Wanted {action}, got {read?.GetRawText()}");
        return read!.Value;
    }

    /// <summary>The error's code of what comes next, which is of this kind.</summary>
    public async Task<int> ExpectErrorAsync(ProtocolAction action) =>
        (await ExpectAsync(action)).GetProperty("error").GetProperty("code").GetInt32();

    /// <summary>The one message, or member, of what comes next.</summary>
    public async Task<JsonElement> ExpectOneAsync(ProtocolAction action)
    {
        var name = action switch { ProtocolAction.Message => "messages", ProtocolAction.Annotation => "annotations", _ => "presence" };
        return Assert.Single((await ExpectAsync(action)).GetProperty(name).EnumerateArray());
    }

    /// <summary>Ends when a heartbeat has come that was not asked for.</summary>
    public async Task ExpectHeartbeatAsync()
    {
        while (await ReadBytesAsync() is { } bytes)
        {
            if (JsonElement.Parse(format == WireFormat.Json ? bytes : ToJson(bytes)).GetProperty("action").GetInt32() == 0) return;
        }
        throw new InvalidOperationException("The connection has ended.");
    }

    /// <summary>Shows that nothing else has come.</summary>
    public async Task ExpectNothingAsync()
    {
        await SendAsync("""{"action":0,"id":"echo"}""");
        var read = await ReadAsync(heartbeats: true);
        Assert.True(read?.TryGetProperty("id", out var id) == true && id.GetString() == "echo", read?.GetRawText());
    }

    /// <summary>The next frame but heartbeats; null, when the connection has ended.</summary>
    public async Task<JsonElement?> ReadAsync(bool heartbeats = false)
    {
        while (true)
        {
            if (await ReadBytesAsync() is not { } bytes) return null;
            var json = JsonElement.Parse(format == WireFormat.Json ? bytes : ToJson(bytes));
            if (heartbeats ? json.TryGetProperty("id", out _) : json.GetProperty("action").GetInt32() != 0) return json;
        }
    }

    private static byte[] ToJson(byte[] packed)
    {
        using var writer = WireWriter.Rent(WireFormat.Json);
        return writer.Element(WireDocument.Read(packed, WireFormat.MessagePack)!.Root).Written.ToArray();
    }

    private async Task<byte[]?> ReadBytesAsync()
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
            if (part.EndOfMessage) return message.ToArray();
        }
    }

    /// <summary>Goes without a goodbye.</summary>
    public void Abort() => socket.Abort();

    public async ValueTask DisposeAsync()
    {
        using (socket)
        {
            if (socket.State != WebSocketState.Open) return;
            try
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).Within();
            }
            catch (WebSocketException)
            {
                // The hub was faster.
            }
        }
    }
}
