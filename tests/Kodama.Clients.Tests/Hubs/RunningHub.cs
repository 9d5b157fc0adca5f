using Kodama.Server;

namespace Kodama.Clients.Tests.Hubs;

/// <summary>A hub on this machine that a test started, known only by its address. How it runs is decided in this file alone.</summary>
internal sealed class RunningHub : IAsyncDisposable
{
    private readonly HubSettings settings;
    private readonly KodamaServer server;

    private RunningHub(HubSettings settings, KodamaServer server)
    {
        this.settings = settings;
        this.server = server;
        Url = new Uri(server.Addresses[0]);
    }

    /// <summary>Where it is, such as <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Url { get; }

    public static async Task<RunningHub> StartAsync(HubSettings? settings = null)
    {
        settings ??= new HubSettings();
        var options = new KodamaOptions { Name = settings.Name, Token = settings.Token };
        if (settings.MaxPeers is { } most) options.MaxPeers = most;
        foreach (var origin in settings.Origins) options.AllowedOrigins.Add(origin);
        var server = new KodamaServer(options);
        await server.StartAsync("127.0.0.1", settings.Port).WithDeadline();
        return new RunningHub(settings, server);
    }

    /// <summary>Stops it as Ctrl-C does.</summary>
    public Task StopAsync() => server.StopAsync().WithDeadline();

    /// <summary>Another one like it, at the address that this one had.</summary>
    public Task<RunningHub> StartAgainAsync() => StartAsync(settings with { Port = Url.Port });

    /// <summary>The WebSocket address of a room, with the query that names a peer's details.</summary>
    public Uri Room(string room, string query = "") => new UriBuilder(Url) { Scheme = "ws", Path = "/ws/" + room, Query = query }.Uri;

    /// <summary>Looks into a room, from now on.</summary>
    public Task<RoomWatch> WatchAsync(string room) => RoomWatch.OpenAsync(new Uri(Url, $"/api/events?room={room}&token={settings.Token}"));

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
