using System.Net.WebSockets;
using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>kodama.v1 keeps what all doors do.</summary>
public sealed class V1DoorTests : DoorContract
{
    private protected override DoorCapabilities Can =>
        base.Can | DoorCapabilities.Rewind | DoorCapabilities.Resume | DoorCapabilities.Presence | DoorCapabilities.State;

    private protected override string Door => "kodama.v1";

    // Until it is live, what it says itself comes to it too, from the log; and who is not live when the hub stops reads on in the next.
    private protected override Task<DoorClient> ConnectAsync(Uri hub, string room) => Client.EnterAsync(hub, room);

    private protected override Task<DoorClient> RewindAsync(Uri hub, string room, int messages) =>
        Client.JoinAsync(hub, room, new { type = "join", room, last = messages });

    private protected override Task<DoorClient> ResumeAsync(Uri hub, string room, Position after) =>
        Client.JoinAsync(hub, room, new { type = "join", room, after = $"{after}" });

    private sealed class Client(V1Client client, string room) : DoorClient
    {
        // Whether its join has been answered with a gap, which is told ahead of what came since.
        private bool isGap;

        public static async Task<DoorClient> EnterAsync(Uri hub, string room)
        {
            var client = await V1Client.GreetAsync(hub);
            await client.EnterAsync(new { type = "join", room });
            return new Client(client, room);
        }

        public static async Task<DoorClient> JoinAsync(Uri hub, string room, object join)
        {
            var client = await V1Client.GreetAsync(hub);
            var joined = await client.DoAsync(join);
            return new Client(client, room) { isGap = joined.TryGetProperty("gap", out _) };
        }

        public override Task SayAsync(string text) => client.SendAsync(new { type = "publish", room, text });

        public override async Task SayAsync(byte[] bytes)
        {
            await client.SendAsync(new { type = "publish", room, binary = true });
            await client.Peer.SendAsync(bytes);
        }

        public override async Task<string?> ReadAsync()
        {
            if (isGap)
            {
                isGap = false;
                return "gap";
            }
            try
            {
                while (true)
                {
                    if (Of(await client.NextAsync()) is { } heard) return heard;
                }
            }
            catch (InvalidOperationException) when (client.Peer.Socket.CloseStatus is not null)
            {
                return null;
            }
        }

        public override Task EnterAsync(string json) =>
            client.DoAsync(new { type = "enter", room, data = JsonDocument.Parse(json).RootElement });

        public override Task SetAsync(string key, string text) => client.DoAsync(new { type = "set", room, key, text });

        public override async ValueTask DisposeAsync()
        {
            var socket = client.Peer.Socket;
            if (socket.State == WebSocketState.Open)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).Within();
            await client.DisposeAsync();
        }

        private static string? Of(V1Received frame) => frame.Type switch
        {
            "left" => "left",
            "mark" => frame["gap"] is null ? null : "gap",
            "message" when frame.Binary is { } bytes => $"binary:{Convert.ToBase64String(bytes)}",
            "message" => frame["text"] ?? $"{frame["event"]}:{frame["args"]}",
            // What it has said was refused, and it wants no answers.
            "error" => null,
            _ => throw new InvalidOperationException($"Nobody has asked for {frame.Json}"),
        };
    }
}
