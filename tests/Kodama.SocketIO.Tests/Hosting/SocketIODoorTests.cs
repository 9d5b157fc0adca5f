using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Kodama.Server;
using Microsoft.AspNetCore.Builder;

namespace Kodama.SocketIO.Tests;

/// <summary>The Socket.IO door keeps what all doors do: where it relays, a socket is a peer like any other.</summary>
public sealed class SocketIODoorTests : DoorContract
{
    // Rooms are the server's: a client knows none, and is told nothing of them.
    private protected override DoorCapabilities Can => base.Can & ~DoorCapabilities.Leave;

    private protected override string Door => "socket.io";

    private protected override void Add(KodamaServer server) => server.Endpoints.MapSocketIO(options => options.Relay = true);

    private protected override async Task<DoorClient> ConnectAsync(Uri hub, string room) => await Client.ConnectAsync(hub, room);

    private sealed class Client : DoorClient
    {
        private readonly ClientWebSocket socket = new();
        private readonly byte[] buffer = new byte[64 * 1024];

        public static async Task<Client> ConnectAsync(Uri hub, string room)
        {
            var client = new Client();
            var address = new UriBuilder(hub) { Scheme = "ws", Path = "/socket.io/", Query = "EIO=4&transport=websocket" }.Uri;
            await client.socket.ConnectAsync(address, CancellationToken.None).Within();
            Assert.StartsWith("0{", await client.ReadPacketAsync(), StringComparison.Ordinal);
            await client.SayPacketAsync("40");
            Assert.StartsWith("40{", await client.ReadPacketAsync(), StringComparison.Ordinal);
            await client.SayPacketAsync($"421[\"join\",\"{room}\"]");
            while (await client.ReadPacketAsync() is { } packet && packet != "431[]") client.early.Enqueue(packet);
            return client;
        }

        // What was said between the join and its answer.
        private readonly Queue<string> early = new();

        public override Task SayAsync(string text) => SayPacketAsync($"42[\"message\",{JsonSerializer.Serialize(text)}]");

        public override async Task SayAsync(byte[] bytes)
        {
            await SayPacketAsync("451-[\"message\",{\"_placeholder\":true,\"num\":0}]");
            await SendAsync(bytes, WebSocketMessageType.Binary);
        }

        public override async Task<string?> ReadAsync()
        {
            while ((early.TryDequeue(out var packet) ? packet : await ReadPacketAsync()) is { } read)
            {
                // "41": the hub stops; the end of the connection follows.
                if (read == "41") continue;
                if (read.StartsWith("451-", StringComparison.Ordinal)) return await ReadPacketAsync();
                using var json = JsonDocument.Parse(read[2..]);
                var name = json.RootElement[0].GetString();
                var arguments = json.RootElement.EnumerateArray().Skip(1).Select(argument => argument.GetRawText());
                return name == "message" ? json.RootElement[1].GetString() : $"{name}:[{string.Join(',', arguments)}]";
            }
            return null;
        }

        public override async ValueTask DisposeAsync()
        {
            using (socket)
            {
                if (socket.State != WebSocketState.Open) return;
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).Within();
            }
        }

        private Task SayPacketAsync(string packet) => SendAsync(Encoding.UTF8.GetBytes(packet), WebSocketMessageType.Text);

        private Task SendAsync(byte[] bytes, WebSocketMessageType type) =>
            socket.SendAsync(bytes, type, endOfMessage: true, CancellationToken.None).Within();

        private async Task<string?> ReadPacketAsync()
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
                if (!part.EndOfMessage) continue;
                if (part.MessageType == WebSocketMessageType.Binary) return $"binary:{Convert.ToBase64String(message.ToArray())}";
                return Encoding.UTF8.GetString(message.ToArray());
            }
        }
    }
}
