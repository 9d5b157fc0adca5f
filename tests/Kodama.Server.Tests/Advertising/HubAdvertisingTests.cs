using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Kodama.Discovery;
using Kodama.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kodama.Server.Tests;

/// <summary>Over the real network of this machine, which is never left: found by multicast, as by any other device.</summary>
public sealed class HubAdvertisingTests
{
    private readonly string name = $"Kodama {Guid.NewGuid():N}";

    [Fact]
    public async Task Hub_ThatTheNetworkReaches_IsFoundAndSaysGoodbye()
    {
        await using var hub = await Network.StartAsync(o =>
        {
            o.Name = name;
            o.Details["floor"] = "2";
        });
        await using var watch = new Watch();

        var found = await watch.UntilAsync(c => c.Hub.Id == hub.Server.Hub.Id);
        Assert.Equal(
            (HubChangeKind.Found, name, "/ws", null), (found.Kind, found.Hub.Name, found.Hub.Path, found.Hub.CertificateFingerprint));
        Assert.Equal("2", found.Hub.Details["floor"]);

        await hub.Server.StopAsync().Within();
        await watch.UntilAsync(c => c.Hub.Id == hub.Server.Hub.Id && c.Kind == HubChangeKind.Lost);
    }

    [Fact]
    public async Task Details_Changed_AreFollowedAndANameIsANewInstance()
    {
        await using var hub = await Network.StartAsync(o => o.Name = name);
        await using var watch = new Watch();
        await watch.UntilAsync(c => c.Hub.Id == hub.Server.Hub.Id);

        hub.Server.Hub.UpdateDetails(d => d["floor"] = "3");
        await watch.UntilAsync(c => c.Hub.Id == hub.Server.Hub.Id && c.Hub.Details.GetValueOrDefault("floor") == "3");
        hub.Server.Hub.UpdateDetails(d => d["name"] = name + " renamed");
        await watch.UntilAsync(c => c.Hub.Id == hub.Server.Hub.Id && c.Hub.Name == name + " renamed");

        using var http = new HttpClient { Timeout = Deadline.Default };
        var info = await http.GetFromJsonAsync<JsonElement>($"http://127.0.0.1:{hub.Port}/api/hub");
        Assert.Equal(name + " renamed", info.GetProperty("advertisedAs").GetString());
    }

    [Fact]
    public async Task Hub_OfATakenName_IsRenamedAndSaysSo()
    {
        await using var first = await Network.StartAsync(o => o.Name = name);
        await using var watch = new Watch();
        await watch.UntilAsync(c => c.Hub.Id == first.Server.Hub.Id);

        await using var second = await Network.StartAsync(o => o.Name = name);

        var found = await watch.UntilAsync(c => c.Hub.Id == second.Server.Hub.Id);
        Assert.Equal(name + " (2)", found.Hub.Name);
        await Deadline.UntilAsync(() =>
            second.Log.Entries.Any(e => e.Id.Name == "Renamed" && e.Message.Contains(name + " (2)", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Https_IsAdvertisedWithTheCertificatesFingerprint()
    {
        await using var hub = await Network.StartAsync(o =>
        {
            o.Name = name;
            o.UseHttps(TestCertificate.Instance);
        });
        await using var watch = new Watch();

        var found = await watch.UntilAsync(c => c.Hub.Id == hub.Server.Hub.Id);

        Assert.Equal(
            TestCertificate.Instance.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(), found.Hub.CertificateFingerprint);
        Assert.Equal("https", found.Hub.Address.Scheme);
    }

    [Theory]
    [InlineData(false, "0.0.0.0")]
    [InlineData(true, "127.0.0.1")]
    public async Task Hub_NotToBeFound_IsNotAdvertised(bool advertise, string host)
    {
        await using var hub = await Network.StartAsync(
            o =>
            {
                o.Name = name;
                o.Advertise = advertise;
            },
            host);
        using var http = new HttpClient { Timeout = Deadline.Default };

        var info = await http.GetFromJsonAsync<JsonElement>($"http://127.0.0.1:{hub.Port}/api/hub");

        Assert.False(info.TryGetProperty("advertisedAs", out _));
        Assert.DoesNotContain(hub.Log.Entries, e => e.Id.Name == "Advertised");
    }

    [Fact]
    public async Task Server_DisposedTwice_IsGoneOnce()
    {
        var stops = new StopCounter();
        var server = new KodamaServer(new KodamaOptions { Name = name }, builder => builder.Services.AddHostedService(_ => stops));
        await server.StartAsync("127.0.0.1", 0).Within();
        var port = new Uri(server.Addresses[0]).Port;

        await server.DisposeAsync();
        await server.DisposeAsync();

        Assert.Equal(1, stops.Count);
        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(IPAddress.Loopback, port).Within());
    }

    [Fact]
    public async Task Hub_OnAnInterfaceThatIsNotThere_ServesAndSaysWhyItIsNotFound()
    {
        await using var hub = await Network.StartAsync(o => o.Interfaces.Add("no-such-interface"));

        await Deadline.UntilAsync(() =>
            hub.Log.Entries.Any(e => e.Level == LogLevel.Warning && e.Message.Contains("\"no-such-interface\"", StringComparison.Ordinal)));

        using var http = new HttpClient { Timeout = Deadline.Default };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"http://127.0.0.1:{hub.Port}/health")).StatusCode);
    }

    private sealed class StopCounter : IHostedService
    {
        public int Count { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Count++;
            return Task.CompletedTask;
        }
    }

    private sealed class Network(KodamaServer server, LogRecorder log) : IAsyncDisposable
    {
        public KodamaServer Server => server;

        public LogRecorder Log => log;

        public int Port => new Uri(server.Addresses[0]).Port;

        public static async Task<Network> StartAsync(Action<KodamaOptions> configure, string host = "0.0.0.0")
        {
            Assert.SkipUnless(LocalInterfaces.List().Any(i => i.IsUsed), "This machine has no network.");
            var options = new KodamaOptions();
            configure(options);
            var log = new LogRecorder();
            var server = new KodamaServer(options, builder => builder.Logging.AddProvider(log));
            await server.StartAsync(host, 0).Within();
            return new Network(server, log);
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }

    /// <summary>What a watcher of the network sees, by multicast only.</summary>
    private sealed class Watch : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new(Deadline.Default);
        private readonly IAsyncEnumerator<HubChange> changes;

        public Watch() => changes = Scanner.WatchAsync(new ScanOptions { By = FoundBy.Mdns }, stop.Token).GetAsyncEnumerator();

        public async Task<HubChange> UntilAsync(Func<HubChange, bool> fits)
        {
            while (await changes.MoveNextAsync())
            {
                if (fits(changes.Current)) return changes.Current;
            }
            throw new InvalidOperationException("The watch has ended.");
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await changes.DisposeAsync();
            stop.Dispose();
        }
    }
}
