using System.Net.Http.Headers;
using System.Text;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>A room's event stream keeps what all doors do; what its reader says, it says by other requests.</summary>
public sealed class SseDoorTests : DoorContract
{
    private protected override DoorCapabilities Can =>
        DoorCapabilities.Kinds | DoorCapabilities.Leave | DoorCapabilities.Rewind | DoorCapabilities.Resume | DoorCapabilities.State;

    private protected override string Door => "sse";

    private protected override Task<DoorClient> ConnectAsync(Uri hub, string room) => Client.OpenAsync(hub, room, "");

    private protected override Task<DoorClient> RewindAsync(Uri hub, string room, int messages) =>
        Client.OpenAsync(hub, room, $"?rewind={messages}");

    private protected override Task<DoorClient> ResumeAsync(Uri hub, string room, Position after) =>
        Client.OpenAsync(hub, room, $"?after={after}");

    private sealed class Client(HttpClient http, SseReader events, string room) : DoorClient
    {
        public static async Task<DoorClient> OpenAsync(Uri hub, string room, string query)
        {
            var http = new HttpClient { BaseAddress = hub, Timeout = Deadline.Default };
            return new Client(http, await SseReader.OpenAsync(http, $"/api/rooms/{room}/events{query}"), room);
        }

        public override Task SayAsync(string text) => SendAsync(HttpMethod.Post, "messages", Text(text));

        public override Task SayAsync(byte[] bytes) => SendAsync(
            HttpMethod.Post, "messages", new ByteArrayContent(bytes) { Headers = { ContentType = new("application/octet-stream") } });

        public override async Task<string?> ReadAsync()
        {
            while (await events.ReadAsync() is { } happened)
            {
                switch (happened.Name)
                {
                    case "gap":
                        return "gap";
                    case "message" when happened.Data.TryGetProperty("text", out var text):
                        return text.GetString();
                    case "message" when happened.Data.TryGetProperty("binary", out var binary):
                        return $"binary:{binary.GetProperty("base64").GetString()}";
                    case "message":
                        return $"{happened.Text("event")}:{happened.Data.GetProperty("args").GetRawText()}";
                }
            }
            return null;
        }

        public override Task SetAsync(string key, string text) => SendAsync(HttpMethod.Put, $"state/{key}", Text(text));

        public override ValueTask DisposeAsync()
        {
            events.Dispose();
            http.Dispose();
            return default;
        }

        private static StringContent Text(string text) => new(text, Encoding.UTF8, new MediaTypeHeaderValue("text/plain"));

        private async Task SendAsync(HttpMethod method, string path, HttpContent content)
        {
            using var request = new HttpRequestMessage(method, $"/api/rooms/{room}/{path}") { Content = content };
            using var response = await http.SendAsync(request).Within();
            Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync().Within()}");
        }
    }
}
