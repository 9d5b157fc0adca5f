using System.Collections.Concurrent;
using Kodama.Discovery;
using Kodama.Network.Agent.Verbs;

namespace Kodama.Network.Agent.Discovery;

/// <summary>
/// Advertises what need not be there, until stopped: <c>advertised</c> with the name it got, <c>announced</c>, <c>renamed</c>, and
/// <c>gone</c> when the goodbye is said.
/// </summary>
internal sealed class AdvertiseVerb : IVerb
{
    private readonly ConcurrentDictionary<string, Running> advertisers = new();

    public string Name => "advertise";

    public async Task RunAsync(Errand errand, CancellationToken stopped)
    {
        var arguments = errand.Arguments<AdvertiseArguments>();
        var id = arguments.Id ?? Guid.NewGuid().ToString("N");
        var options = new AdvertiserOptions { HostName = arguments.HostName };
        foreach (var name in arguments.Interfaces) options.Interfaces.Add(name);
        var advertisement = new Advertisement
        {
            Name = arguments.Name,
            Port = arguments.Port,
            Text = HubText.Encode(id, "/ws", null, arguments.Details),
        };
        await using (var advertiser = await Advertiser.StartAsync(advertisement, options, stopped))
        {
            advertiser.Renamed += name => errand.Report("renamed", name);
            advertisers[arguments.Name] = new Running(advertiser, id);
            errand.Report("advertised", advertiser.Name);
            await advertiser.WhenAnnouncedAsync(stopped);
            errand.Report("announced", advertiser.Name);
            await Task.Delay(Timeout.Infinite, stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        errand.Report("gone");
    }

    /// <summary>Other details for what is advertised under a name.</summary>
    public void Update(string name, IReadOnlyDictionary<string, string> details)
    {
        var (advertiser, id) = advertisers[name];
        advertiser.Update(HubText.Encode(id, "/ws", null, details));
    }

    private sealed record Running(Advertiser Advertiser, string Id);
}
