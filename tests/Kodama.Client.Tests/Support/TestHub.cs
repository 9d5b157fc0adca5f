using System.Net;
using System.Net.Sockets;
using Kodama.Server;
using Kodama.Testing;

namespace Kodama.Client.Tests;

/// <summary>A real hub on the loopback address.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    private readonly KodamaServer server;

    private TestHub(KodamaServer server) => this.server = server;

    public Hub Hub => server.Hub;

    public Uri Address => new(server.Addresses.First(a => a.Contains("127.0.0.1", StringComparison.Ordinal)));

    public static async Task<TestHub> StartAsync(Action<KodamaOptions>? configure = null, int port = 0)
    {
        var options = new KodamaOptions { Name = "Lounge", Echo = true };
        configure?.Invoke(options);
        var hub = new TestHub(new KodamaServer(options));
        await hub.server.StartAsync("127.0.0.1", port).Within();
        return hub;
    }

    /// <summary>The only peer, when it has come.</summary>
    public async Task<Peer> PeerAsync()
    {
        await Deadline.UntilAsync(() => Hub.Peers.Count(p => p.Room is not null) == 1);
        return Hub.Peers.Single();
    }

    public Task EmptiesAsync() => Deadline.UntilAsync(() => Hub.PeerCount == 0);

    public async ValueTask DisposeAsync() => await server.DisposeAsync().Within();

    /// <summary>A port at which nothing listens.</summary>
    public static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
