using System.Globalization;
using System.Net;
using System.Text.Json;
using Kodama.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO.Tests.Hostile;

/// <summary>A hub with an echoing Socket.IO server on a free port, a healthy peer that must not notice, and an attacker's tools.</summary>
internal sealed class HostileHub : IAsyncDisposable
{
    public const string Path = "/socket.io/";

    private readonly KodamaServer server;
    private readonly HttpClient http;
    private readonly HealthyPeer healthy;

    private HostileHub(KodamaServer server, SocketIOServer io, HealthyPeer healthy)
    {
        this.server = server;
        this.healthy = healthy;
        IO = io;
        Uri = new Uri(server.Addresses[0]);
        http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = Uri, Timeout = Deadline.Default };
    }

    public SocketIOServer IO { get; }

    public Uri Uri { get; }

    public static async Task<HostileHub> StartAsync(Action<SocketIOOptions>? configure = null)
    {
        var server = new KodamaServer(configure: builder => builder.Logging.ClearProviders());
        var io = server.Endpoints.MapSocketIO(o =>
        {
            o.AllowEIO3 = true;
            configure?.Invoke(o);
        });
        io.OnConnection(socket => { socket.On("echo", e => socket.Emit("echo", Payload.Arguments(e.Arguments, e.Attachments))); });
        await server.StartAsync("127.0.0.1", 0).Within();
        return new HostileHub(server, io, await HealthyPeer.ComeAsync(new Uri(server.Addresses[0])));
    }

    /// <summary>The attack is over: the healthy peer has got all its echoes, and somebody new comes in.</summary>
    public async Task AssertUnharmedAsync(ITestOutputHelper output)
    {
        var (echoes, worst) = await healthy.StopAsync();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{echoes} echoes, the slowest {worst.TotalMilliseconds:0.0} ms"));
        Assert.True(echoes > 0);
        await using var next = await HealthyPeer.ComeAsync(Uri);
        await Deadline.UntilAsync(() => next.Echoes > 0);
    }

    /// <summary>Opens a session by polling, and in it the main namespace.</summary>
    public async Task<string> ComeAsync()
    {
        var sid = await OpenAsync();
        Assert.Equal("ok", (await PostAsync(sid, "40")).Body);
        Assert.StartsWith("40{", (await GetAsync(sid)).Body, StringComparison.Ordinal);
        return sid;
    }

    public async Task<string> OpenAsync(string query = "EIO=4&transport=polling")
    {
        var (status, body) = await RequestAsync(HttpMethod.Get, query);
        Assert.Equal(HttpStatusCode.OK, status);
        var json = body[body.IndexOf('{', StringComparison.Ordinal)..(body.IndexOf('}', StringComparison.Ordinal) + 1)];
        return JsonDocument.Parse(json).RootElement.GetProperty("sid").GetString()!;
    }

    public Task<(HttpStatusCode Status, string Body)> GetAsync(string sid, string version = "4") =>
        RequestAsync(HttpMethod.Get, $"EIO={version}&transport=polling&sid={sid}");

    public Task<(HttpStatusCode Status, string Body)> PostAsync(string sid, string body, string version = "4") =>
        PostAsync(sid, new StringContent(body), version);

    public Task<(HttpStatusCode Status, string Body)> PostAsync(string sid, HttpContent body, string version = "4") =>
        RequestAsync(HttpMethod.Post, $"EIO={version}&transport=polling&sid={sid}", body);

    public async Task<(HttpStatusCode Status, string Body)> RequestAsync(HttpMethod method, string query, HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(method, $"{Path}?{query}") { Content = body };
        using var answer = await http.SendAsync(request).Within();
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync().Within());
    }

    /// <summary>Whether a session still is one. It asks by an echo.</summary>
    public async Task<bool> IsServedAsync(string sid)
    {
        var (status, _) = await PostAsync(sid, "42[\"echo\",\"still here\"]");
        if (status != HttpStatusCode.OK) return false;
        while (true)
        {
            var (got, body) = await GetAsync(sid);
            if (got != HttpStatusCode.OK || body == "1" || body.EndsWith("\u001e1", StringComparison.Ordinal)) return false;
            if (body.Contains("still here", StringComparison.Ordinal)) return true;
        }
    }

    /// <summary>A WebSocket whose client does as it likes, in the main namespace or nowhere yet.</summary>
    public async Task<RawClient> ConnectAsync(bool joins = true)
    {
        var client = await RawClient.ConnectAsync(Uri);
        Assert.StartsWith("HTTP/1.1 101", await client.UpgradeAsync($"{Path}?EIO=4&transport=websocket"), StringComparison.Ordinal);
        Assert.StartsWith("0{", await client.ReadTextAsync(), StringComparison.Ordinal);
        if (!joins) return client;
        await client.SendAsync(RawFrame.OfText("40"));
        Assert.StartsWith("40{", await client.ReadTextAsync(), StringComparison.Ordinal);
        return client;
    }

    /// <summary>Whether the session of a WebSocket is served: an echo comes, and not the end.</summary>
    public static async Task<bool> IsServedAsync(RawClient client, byte[]? packed = null)
    {
        try
        {
            await client.SendAsync(packed is null
                ? RawFrame.OfText("42[\"echo\",\"still here\"]")
                : RawFrame.Masked(RawFrame.BinaryOpcode, packed));
            while (await client.ReadFrameAsync() is { } frame)
            {
                if (frame.Opcode == RawFrame.CloseOpcode) return false;
                if (frame.Text.Contains("still here", StringComparison.Ordinal)) return true;
            }
            return false;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await healthy.DisposeAsync();
        http.Dispose();
        await server.DisposeAsync();
    }
}
