using System.Net.WebSockets;
using System.Text;
using Kodama.Server;
using Kodama.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Samples.Tests;

/// <summary>The sample's door keeps what all doors do, by what the door kit gives to everyone.</summary>
public sealed class LineDoorContractTests : DoorContract
{
    private protected override DoorCapabilities Can => DoorCapabilities.Speak | DoorCapabilities.Leave;

    private protected override string Door => "lines";

    private protected override void Add(IServiceCollection services) => services.AddKodamaDoor<LineDoor>();

    private protected override Task<DoorClient> ConnectAsync(Uri hub, string room) => Client.ConnectAsync(hub, room);

    private sealed class Client(string room) : DoorClient
    {
        private readonly ClientWebSocket socket = new();
        private readonly byte[] buffer = new byte[64 * 1024];

        // What was said between the join and its answer.
        private readonly Queue<string> early = new();

        public static async Task<DoorClient> ConnectAsync(Uri hub, string room)
        {
            var client = new Client(room);
            await client.socket.ConnectAsync(new UriBuilder(hub) { Scheme = "ws", Path = "/lines" }.Uri, CancellationToken.None).Within();
            Assert.StartsWith("! join ROOM", await client.ReadLineAsync(), StringComparison.Ordinal);
            await client.SendAsync($"join {room}");
            while (await client.ReadLineAsync() is { } line && line != $"+ {room}") client.early.Enqueue(line);
            return client;
        }

        public override Task SayAsync(string text) => SendAsync($"say {room} {text}");

        public override Task SayAsync(byte[] bytes) => throw new NotSupportedException();

        public override async Task<string?> ReadAsync()
        {
            while ((early.TryDequeue(out var line) ? line : await ReadLineAsync()) is { } read)
            {
                if (read == $"- {room}") return "left";
                if (read.StartsWith($"{room} ", StringComparison.Ordinal)) return read[(room.Length + 1)..];
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

        private Task SendAsync(string line) =>
            socket.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).Within();

        private async Task<string?> ReadLineAsync()
        {
            var line = new MemoryStream();
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).Within();
                if (part.MessageType == WebSocketMessageType.Close) return null;
                line.Write(buffer, 0, part.Count);
                if (part.EndOfMessage) return Encoding.UTF8.GetString(line.ToArray());
            }
        }
    }
}
