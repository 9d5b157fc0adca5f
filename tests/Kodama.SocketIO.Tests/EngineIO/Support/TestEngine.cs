using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Kodama.Server;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.SocketIO.Tests;

/// <summary>A hub with an Engine.IO server on a free port, handlers that record, and what tests ask of it.</summary>
internal sealed class TestEngine : IAsyncDisposable
{
    public const string Path = "/socket.io/";

    private readonly KodamaServer server;

    private TestEngine(KodamaServer server, EngineServer engine, ConcurrentQueue<RecordingHandler> handlers)
    {
        this.server = server;
        Engine = engine;
        Handlers = handlers;
        Http = new Uri(server.Addresses[0]);
        Client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = Http, Timeout = Deadline.Default };
    }

    public EngineServer Engine { get; }

    public Uri Http { get; }

    public HttpClient Client { get; }

    public ConcurrentQueue<RecordingHandler> Handlers { get; }

    public RecordingHandler Handler => Assert.Single(Handlers);

    public WebSocketConnections Connections => server.Endpoints.ServiceProvider.GetRequiredService<WebSocketConnections>();

    public static async Task<TestEngine> StartAsync(
        Action<EngineOptions>? configure = null, Action<KodamaOptions>? kodama = null, TimeProvider? clock = null,
        Action<RecordingHandler>? prepare = null)
    {
        var hub = new KodamaOptions();
        kodama?.Invoke(hub);
        var server = new KodamaServer(hub, builder =>
        {
            // Kestrel ends slow bodies by a clock of its own.
            builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MinRequestBodyDataRate = null);
            if (clock is not null) builder.Services.AddSingleton(clock);
        });
        var options = new EngineOptions();
        configure?.Invoke(options);
        var handlers = new ConcurrentQueue<RecordingHandler>();
        var engine = new EngineServer(options, server.Endpoints.ServiceProvider, session =>
        {
            var handler = new RecordingHandler(session);
            prepare?.Invoke(handler);
            handlers.Enqueue(handler);
            return handler;
        });
        engine.Map(server.Endpoints);
        await server.StartAsync("127.0.0.1", 0).Within();
        return new TestEngine(server, engine, handlers);
    }

    /// <summary>Opens a session by polling.</summary>
    public async Task<string> OpenAsync(string query = "")
    {
        var body = await GetTextAsync($"EIO=4&transport=polling{query}");
        return JsonDocument.Parse(body.Split('\u001e')[0][1..]).RootElement.GetProperty("sid").GetString()!;
    }

    public static string Polling(string sid) => $"EIO=4&transport=polling&sid={sid}";

    public static string WebSocket(string sid) => $"EIO=4&transport=websocket&sid={sid}";

    public Task<HttpResponseMessage> GetAsync(string query) => Client.GetAsync($"{Path}?{query}").Within();

    public async Task<string> GetTextAsync(string query)
    {
        using var response = await GetAsync(query);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync().Within();
    }

    public async Task<string> PollAsync(string sid) => await GetTextAsync(Polling(sid));

    /// <summary>A GET that the server has, and that waits.</summary>
    public async Task<Task<string>> BeginPollAsync(string sid, RecordingHandler? handler = null)
    {
        var poll = PollAsync(sid);
        var session = (handler ?? Handler).Session;
        await Deadline.UntilAsync(() => session.IsWritable);
        return poll;
    }

    public Task<HttpResponseMessage> PostAsync(string sid, string body) =>
        Client.PostAsync($"{Path}?{Polling(sid)}", new StringContent(body)).Within();

    public async Task PostOkAsync(string sid, string body)
    {
        using var response = await PostAsync(sid, body);
        Assert.Equal("ok", await response.Content.ReadAsStringAsync().Within());
    }

    public async Task<RawClient> ConnectAsync(string query = "EIO=4&transport=websocket")
    {
        var client = await RawClient.ConnectAsync(Http);
        var head = await client.UpgradeAsync($"{Path}?{query}");
        Assert.StartsWith("HTTP/1.1 101", head, StringComparison.Ordinal);
        return client;
    }

    /// <summary>Connects and reads the open packet.</summary>
    public async Task<RawClient> OpenWebSocketAsync(string query = "EIO=4&transport=websocket")
    {
        var client = await ConnectAsync(query);
        Assert.StartsWith("0{", await client.ReadTextAsync(), StringComparison.Ordinal);
        return client;
    }

    /// <summary>A WebSocket that has probed a session on polling.</summary>
    public async Task<RawClient> ProbeAsync(string sid)
    {
        var client = await ConnectAsync(WebSocket(sid));
        await client.SendAsync(RawFrame.OfText("2probe"));
        Assert.Equal("3probe", await client.ReadTextAsync());
        return client;
    }

    public Task StopAsync() => server.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await server.DisposeAsync();
        Assert.All(Handlers, h => Assert.Null(h.Violation));
    }
}

internal static class RawClientExtensions
{
    public static async Task<string> ReadTextAsync(this RawClient client)
    {
        var frame = await client.ReadFrameAsync();
        Assert.NotNull(frame);
        Assert.Equal(RawFrame.TextOpcode, frame.Opcode);
        return frame.Text;
    }
}
