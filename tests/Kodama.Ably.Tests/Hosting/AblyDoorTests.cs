using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Ably.Tests;

/// <summary>The Ably door keeps what all doors do.</summary>
public sealed class AblyDoorTests : DoorContract
{
    private protected override DoorCapabilities Can =>
        DoorCapabilities.Speak | DoorCapabilities.Kinds | DoorCapabilities.Leave | DoorCapabilities.Rewind | DoorCapabilities.Resume
        | DoorCapabilities.Presence;

    private protected override string Door => "ably";

    private protected override void Add(IServiceCollection services) => AblyServer.Add(services);

    private protected override Task<DoorClient> ConnectAsync(Uri hub, string room) => AttachAsync(hub, room, "");

    private protected override Task<DoorClient> RewindAsync(Uri hub, string room, int messages) =>
        AttachAsync(hub, room, $$""","params":{"rewind":"{{messages}}"}""");

    private protected override Task<DoorClient> ResumeAsync(Uri hub, string room, Position after) =>
        AttachAsync(hub, room, $",\"channelSerial\":\"{Serial.Of(after, DateTimeOffset.UnixEpoch)}\"");

    private static async Task<DoorClient> AttachAsync(Uri hub, string room, string more)
    {
        var client = new Client(hub, room);
        await client.ConnectAsync(more);
        return client;
    }

    // As SDKs do: who is disconnected as too slow comes again, and attaches behind the last thing that it has got.
    private sealed class Client(Uri hub, string room) : DoorClient
    {
        private AblyClient socket = null!;
        private string? serial;
        private bool hasGap;

        public async Task ConnectAsync(string more)
        {
            // What the contract expects of one's own messages is as the hub has it.
            using var http = new HttpClient();
            var echoes = JsonElement.Parse(await http.GetStringAsync(new Uri(hub, "api/hub")).Within()).GetProperty("echo").GetBoolean();
            socket = await AblyClient.ConnectAsync(hub, $"key={AblyServer.Key}&clientId=guest&echo={(echoes ? "true" : "false")}");
            var attached = await socket.AttachAsync(room, more);
            serial = attached.GetProperty("channelSerial").GetString();
            hasGap = attached.TryGetProperty("error", out _);
        }

        public override Task SayAsync(string text) => socket.PublishAsync(room, $$"""{"data":{{JsonSerializer.Serialize(text)}}}""");

        public override Task SayAsync(byte[] bytes) =>
            socket.PublishAsync(room, $$"""{"data":"{{Convert.ToBase64String(bytes)}}","encoding":"base64"}""");

        public override Task EnterAsync(string json) =>
            socket.PresenceAsync(room, $$"""{"action":2,"data":{{JsonSerializer.Serialize(json)}},"encoding":"json"}""");

        public override async Task<string?> ReadAsync()
        {
            while (true)
            {
                if (hasGap)
                {
                    hasGap = false;
                    return "gap";
                }
                if (await socket.ReadAsync() is not { } frame)
                {
                    if (socket.CloseCode is not (null or 4000)) return null;
                    await socket.DisposeAsync();
                    await ConnectAsync($",\"channelSerial\":\"{serial}\"");
                    continue;
                }
                switch ((ProtocolAction)frame.GetProperty("action").GetInt32())
                {
                    case ProtocolAction.Error when frame.TryGetProperty("channel", out _):
                        return "left";
                    case ProtocolAction.Message:
                        serial = frame.GetProperty("channelSerial").GetString();
                        return Told(frame.GetProperty("messages")[0]);
                }
            }
        }

        private static string Told(JsonElement message)
        {
            var data = message.GetProperty("data").GetString()!;
            var encoding = message.TryGetProperty("encoding", out var said) ? said.GetString() : null;
            var name = message.TryGetProperty("name", out var named) ? named.GetString() : "message";
            if (encoding == "base64") data = $"binary:{data}";
            return name == "message" && encoding != "json" ? data : $"{name}:{data}";
        }

        public override async ValueTask DisposeAsync()
        {
            try
            {
                await socket.SendAsync("""{"action":7}""");
            }
            catch (Exception exception) when (exception is System.Net.WebSockets.WebSocketException or ObjectDisposedException)
            {
                // It has ended already.
            }
            await socket.DisposeAsync();
        }
    }
}
