using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Kodama.Cluster.Tests;

/// <summary>Keeps what Pusher's webhooks tell: each event as <c>NAME CHANNEL USER</c>.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly Task receiving;

    public WebhookReceiver()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        }
        listener.Prefixes.Add(Url.ToString());
        listener.Start();
        receiving = ReceiveAsync();
    }

    public Uri Url { get; }

    public ConcurrentQueue<string> Events { get; } = new();

    public int CountOf(string happened) => Events.Count(one => one == happened);

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await receiving;
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                var body = await JsonDocument.ParseAsync(context.Request.InputStream);
                foreach (var one in body.RootElement.GetProperty("events").EnumerateArray())
                {
                    string[] parts = [Text(one, "name"), Text(one, "channel"), Text(one, "user_id"), Text(one, "event")];
                    Events.Enqueue(string.Join(' ', parts).Trim());
                }
                context.Response.Close();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static string Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? $"{value}" : "";
}
