using Kodama.Server;

namespace Kodama.Cli.Tests.Support;

/// <summary>A hub on loopback, which advertises nothing.</summary>
internal sealed class LocalHub : IAsyncDisposable
{
    private readonly KodamaServer server;

    private LocalHub(KodamaServer server) => this.server = server;

    public Hub Hub => server.Hub;

    public Uri Address => new(server.Addresses[0]);

    public string Port => Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static async Task<LocalHub> StartAsync(Action<KodamaOptions>? configure = null, int port = 0)
    {
        var options = new KodamaOptions { Name = "Lounge", StopTimeout = TimeSpan.FromSeconds(1) };
        configure?.Invoke(options);
        var server = new KodamaServer(options);
        await server.StartAsync("127.0.0.1", port).WaitAsync(TimeSpan.FromSeconds(60));
        var hub = new LocalHub(server);
        // The first answer of a process takes longest, and a sweep does not wait for it.
        using var http = new HttpClient();
        await http.GetStringAsync(hub.Address).WaitAsync(TimeSpan.FromSeconds(60));
        return hub;
    }

    /// <summary>Waits for so many in the default room.</summary>
    public Task PeersAsync(int count) => Testing.Deadline.UntilAsync(() => (Hub.FindRoom("lobby")?.PeerCount ?? 0) == count);

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
