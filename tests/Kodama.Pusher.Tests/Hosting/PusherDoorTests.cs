using System.Text;
using Kodama.Server;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Pusher.Tests;

/// <summary>The Pusher door keeps what all doors do: clients listen, and what is said comes by the HTTP API.</summary>
public sealed class PusherDoorTests : DoorContract
{
    private protected override DoorCapabilities Can => DoorCapabilities.Leave;

    private protected override string Door => "pusher";

    private protected override void Add(IServiceCollection services) => PusherServer.Add(services);

    private protected override async Task<DoorClient> ConnectAsync(Uri hub, string room)
    {
        var client = new Client(hub, await PusherClient.ConnectAsync(hub, PusherServer.Key), room);
        await client.Socket.SubscribeAsync(room);
        return client;
    }

    private sealed class Client(Uri hub, PusherClient socket, string room) : DoorClient
    {
        private readonly HttpClient http = new();

        public PusherClient Socket => socket;

        public override async Task SayAsync(string text)
        {
            var body = $$"""{"name":"message","channel":"{{room}}","data":{{PusherServer.Json(text)}}}""";
            var address = new Uri(hub, $"/apps/1/events?{PusherServer.Sign("POST", "/apps/1/events", body)}");
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(address, content).Within();
            answer.EnsureSuccessStatusCode();
        }

        public override Task SayAsync(byte[] bytes) => throw new NotSupportedException();

        public override async Task<string?> ReadAsync() => await socket.ReadAsync() switch
        {
            null => null,
            { Event: "pusher:subscription_error" } => "left",
            { Event: "message" } read => read.Data,
            var read => $"{read.Event}:{read.Data}",
        };

        public override async ValueTask DisposeAsync()
        {
            http.Dispose();
            await socket.DisposeAsync();
        }
    }
}
