using Kodama.Discovery;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>What the network is told of one port. Not thread-safe: one change after another.</summary>
internal sealed class PortAdvertisement(AdvertisedPort port, string? fingerprint, KodamaOptions options, ILogger logger) : IAsyncDisposable
{
    private Advertiser? advertiser;
    private string? wanted;

    /// <summary>The name by which it is found, which may be another than was asked for; null while it is not advertised.</summary>
    public string? Name => advertiser?.Name;

    /// <summary>Tells the hub as it is now; under a new name it is a new instance. A failure is logged: a hub that cannot be found still
    /// serves.</summary>
    public async Task TellAsync(
        string hubId, string? cluster, string name, string path, IReadOnlyDictionary<string, string> details,
        CancellationToken cancellationToken)
    {
        var text = HubText.Encode(hubId, path, fingerprint, details, cluster);
        try
        {
            if (advertiser is not null && wanted == name)
            {
                advertiser.Update(text);
                return;
            }
            await DisposeAsync();
            var advertisement = new Advertisement { Name = name, Port = port.Number, Text = text };
            wanted = name;
            advertiser = await Advertiser.StartAsync(advertisement, Options(), cancellationToken);
            advertiser.Renamed += Renamed;
            AdvertisingLog.Advertised(logger, advertiser.Name, port.Number);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            AdvertisingLog.Failed(logger, port.Number, exception.Message);
        }
    }

    /// <summary>Says goodbye.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref advertiser, null) is not { } gone) return;
        gone.Renamed -= Renamed;
        try
        {
            await gone.DisposeAsync();
        }
        catch (Exception exception)
        {
            AdvertisingLog.GoodbyeFailed(logger, exception.Message);
        }
    }

    private AdvertiserOptions Options()
    {
        var asked = new AdvertiserOptions { Failed = error => AdvertisingLog.Survived(logger, error.Message) };
        foreach (var name in options.Interfaces) asked.Interfaces.Add(name);
        foreach (var address in port.Addresses) asked.Addresses.Add(address);
        return asked;
    }

    private void Renamed(string name) => AdvertisingLog.Renamed(logger, wanted!, name);
}
