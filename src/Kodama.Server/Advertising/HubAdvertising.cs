using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>Lets the hub be found by its name: advertises every port that the network reaches (docs/specs/discovery.md), as long as the
/// server runs.</summary>
internal sealed class HubAdvertising(
    Hub hub, KodamaOptions options, IServiceProvider services, TimeProvider time, ILogger<HubAdvertising> logger) : IAsyncDisposable
{
    private readonly Channel<bool> changes =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stopping = new();
    private IReadOnlyList<PortAdvertisement> advertisements = [];
    private Task running = Task.CompletedTask;
    private bool stopped;

    /// <summary>The name by which the network finds the hub; null while it does not.</summary>
    public string? Name => advertisements.Select(a => a.Name).FirstOrDefault(name => name is not null);

    /// <summary>Begins, once the server listens. Returns at once.</summary>
    public void Start()
    {
        // An application may have a hub without endpoints: there is nothing to find then.
        if (!options.Advertise || FindPath() is not { } path) return;
        var ports = AdvertisedPort.Of(BoundAddress.Of(services));
        if (ports.Count == 0) return;
        hub.DetailsChanged += OnDetailsChanged;
        running = Task.Run(() => RunAsync(ports, path));
    }

    /// <summary>Says goodbye, so that nobody new is sent here. Ends when it is said.</summary>
    public Task StopAsync()
    {
        // An application may be stopped and thrown away more than once.
        if (Interlocked.Exchange(ref stopped, true)) return running;
        hub.DetailsChanged -= OnDetailsChanged;
        stopping.Cancel();
        return running;
    }

    /// <summary>For an application that is thrown away without a stop.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stopping.Dispose();
    }

    private async Task RunAsync(IReadOnlyList<AdvertisedPort> ports, string path)
    {
        try
        {
            advertisements = await PrepareAsync(ports);
            do await TellAsync(path);
            while (await changes.Reader.ReadAsync(stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The hub stops.
        }
        await Task.WhenAll(advertisements.Select(a => a.DisposeAsync().AsTask()));
    }

    private async Task<IReadOnlyList<PortAdvertisement>> PrepareAsync(IReadOnlyList<AdvertisedPort> ports)
    {
        var prepared = new List<PortAdvertisement>();
        foreach (var port in ports)
        {
            var fingerprint = port.IsSecure ? await OwnCertificate.FingerprintAsync(port, time, stopping.Token) : null;
            if (port.IsSecure && fingerprint is null) AdvertisingLog.NoCertificate(logger, port.Number);
            else prepared.Add(new PortAdvertisement(port, fingerprint, options, logger));
        }
        return prepared;
    }

    private async Task TellAsync(string path)
    {
        var details = hub.Details;
        var name = details.TryGetValue("name", out var named) && !string.IsNullOrWhiteSpace(named) ? named : options.Name!;
        foreach (var (index, advertisement) in advertisements.Index())
        {
            // A second port is the same hub, and must not look like a conflict with the first.
            var instance = index == 0 ? name : $"{name} [{index + 1}]";
            await advertisement.TellAsync(hub.Id, hub.Cluster?.Id, instance, path, details, stopping.Token);
        }
    }

    private void OnDetailsChanged(IReadOnlyDictionary<string, string> details) => changes.Writer.TryWrite(true);

    private string? FindPath() => KodamaPrefix.Find(services) is { } prefix ? prefix.Value + WebSocketEndpoint.Path : null;
}
