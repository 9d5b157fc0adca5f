using System.Net;
using System.Net.WebSockets;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kodama.Server.Tests;

/// <summary>A hub that runs on a free port of the loopback address, and the clients that a test needs of it.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    private readonly IAsyncDisposable server;
    private readonly Func<Task> stop;
    private readonly HttpMessageInvoker? invoker;

    private TestHub(
        IAsyncDisposable server, Func<Task> stop, Hub hub, Uri http, string prefix, LogRecorder log, IServiceProvider services,
        bool http2 = false)
    {
        this.server = server;
        this.stop = stop;
        Hub = hub;
        Http = http;
        Prefix = prefix;
        Log = log;
        Services = services;
        Client = new HttpClient(Handler()) { BaseAddress = http, Timeout = Deadline.Default };
        if (http2) invoker = new HttpMessageInvoker(Handler());
    }

    public Hub Hub { get; }

    public Uri Http { get; }

    public string Prefix { get; }

    public LogRecorder Log { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services { get; }

    public WebSocketConnections Connections => Services.GetRequiredService<WebSocketConnections>();

    /// <summary>A <see cref="KodamaServer"/>.</summary>
    public static async Task<TestHub> StartAsync(
        Action<KodamaOptions>? options = null, Action<WebApplicationBuilder>? configure = null, TimeProvider? clock = null,
        TestTransport transport = TestTransport.Tcp)
    {
        var asked = new KodamaOptions();
        options?.Invoke(asked);
        if (transport == TestTransport.Tls) asked.UseHttps(TestCertificate.Instance);
        var log = new LogRecorder();
        ServicesProbe? probe = null;
        var server = new KodamaServer(asked, builder =>
        {
            builder.Logging.AddProvider(log);
            builder.Logging.SetMinimumLevel(LogLevel.Debug);
            if (clock is not null) builder.Services.AddSingleton(clock);
            builder.Services.AddSingleton<IHostedService>(services => probe = new ServicesProbe(services));
            if (transport is TestTransport.KestrelTls or TestTransport.Http2)
                builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, Secure));
            configure?.Invoke(builder);
        });
        await server.StartAsync("127.0.0.1", 0).Within();
        return new TestHub(
            server, () => server.StopAsync(), server.Hub, new Uri(server.Addresses[0]), "", log, probe!.Services,
            transport == TestTransport.Http2);
    }

    /// <summary>A hub in an ASP.NET Core application.</summary>
    public static async Task<TestHub> StartAppAsync(Action<WebApplicationBuilder> configure, Action<WebApplication> map, string prefix = "")
    {
        var log = new LogRecorder();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        configure(builder);
        var app = builder.Build();
        map(app);
        await app.StartAsync().Within();
        return new TestHub(
            app, () => app.StopAsync(), app.Services.GetRequiredService<Hub>(), new Uri(app.Urls.First()), prefix, log, app.Services);
    }

    public Uri Ws(string path) => new UriBuilder(new Uri(Http, Prefix + path)) { Scheme = Http.Scheme == "https" ? "wss" : "ws" }.Uri;

    /// <summary>A client that has shaken hands.</summary>
    public async Task<TestPeer> ConnectAsync(string path = "/ws", Action<ClientWebSocketOptions>? options = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        if (invoker is not null)
        {
            socket.Options.HttpVersion = HttpVersion.Version20;
            socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }
        else if (Http.Scheme == "https")
        {
            socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }
        options?.Invoke(socket.Options);
        using var deadline = new CancellationTokenSource(Deadline.Default);
        await socket.ConnectAsync(Ws(path), invoker, deadline.Token);
        return new TestPeer(socket);
    }

    /// <summary>The same, when the hub has it in a room too: what is published after this reaches it.</summary>
    public async Task<TestPeer> JoinAsync(string path = "/ws", Action<ClientWebSocketOptions>? options = null)
    {
        var before = Hub.Peers.Select(p => p.Id).ToHashSet();
        var client = await ConnectAsync(path, options);
        Peer? joined = null;
        await Deadline.UntilAsync(() => (joined = Hub.Peers.FirstOrDefault(p => !before.Contains(p.Id))) is { Room: not null });
        client.Peer = joined;
        return client;
    }

    public Task<RawClient> RawAsync(int? receiveBuffer = null) => RawClient.ConnectAsync(Http, receiveBuffer);

    /// <summary>A raw client in a room.</summary>
    public async Task<RawClient> RawPeerAsync(string path = "/ws", string headers = "", int? receiveBuffer = null)
    {
        var before = Hub.PeerCount;
        var client = await RawAsync(receiveBuffer);
        var head = await client.UpgradeAsync(Prefix + path, headers);
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        await Deadline.UntilAsync(() => Hub.PeerCount > before && Hub.Peers.All(p => p.Room is not null));
        return client;
    }

    public Task StopAsync() => stop().Within();

    /// <summary>Nobody is in the hub or a room, and no connection is kept.</summary>
    public Task EmptiesAsync() =>
        Deadline.UntilAsync(() => Hub.PeerCount == 0 && Hub.Rooms.All(room => room.PeerCount == 0) && Connections.Count == 0);

    public async ValueTask DisposeAsync()
    {
        foreach (var error in Log.Errors) TestContext.Current.TestOutputHelper?.WriteLine($"{error}");
        await server.DisposeAsync().Within();
        Client.Dispose();
        invoker?.Dispose();
    }

    private static SocketsHttpHandler Handler() => new()
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        UseCookies = false,
        AllowAutoRedirect = false,
    };

    private static void Secure(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(TestCertificate.Instance);
    }

    private sealed class ServicesProbe(IServiceProvider services) : IHostedService
    {
        public IServiceProvider Services => services;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

internal enum TestTransport
{
    Tcp,

    /// <summary>The transport's own.</summary>
    Tls,

    KestrelTls,
    Http2,
}
