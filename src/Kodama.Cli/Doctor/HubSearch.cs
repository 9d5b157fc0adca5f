using Kodama.Cli.Hubs;
using Kodama.Discovery;

namespace Kodama.Cli.Doctor;

/// <summary>Looks for hubs as a client would, by both ways.</summary>
internal static class HubSearch
{
    private const int DefaultPort = 8080;
    private const int MostNamed = 10;

    /// <param name="options">What the doctor was asked.</param>
    /// <param name="place">Where the hub is that it was asked about, if that is known.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<FoundHub>> RunAsync(
        DoctorOptions options, HubPlace? place, CancellationToken cancellationToken)
    {
        var asked = new ScanOptions { Timeout = options.Timeout };
        foreach (var port in Ports(options, place, [])) asked.Ports.Add(port);
        foreach (var name in options.Interfaces) asked.Interfaces.Add(name);
        var found = new List<FoundHub>();
        await foreach (var hub in Scanner.ScanAsync(asked, cancellationToken)) found.Add(hub);
        return found;
    }

    /// <summary>Which ports a firewall must let in.</summary>
    public static IReadOnlyList<int> Ports(DoctorOptions options, HubPlace? place, IReadOnlyList<FoundHub> found)
    {
        if (options.Port is { } port) return [port];
        int[] known =
            [.. ((Uri?[])[place?.Base, .. found.Select(hub => hub.Address)]).OfType<Uri>().Select(hub => hub.Port).Distinct().Order()];
        return known is [] ? [DefaultPort] : known[..Math.Min(known.Length, MostNamed)];
    }

    public static IEnumerable<Finding> Judge(IReadOnlyList<FoundHub> found, bool othersHeard, IReadOnlyList<LocalInterface> interfaces)
    {
        foreach (var hub in found.Take(MostNamed))
        {
            yield return Finding.Good($"{HubWords.Name(hub)} was found at {HubWords.Address(hub)}, "
                + $"by {HubWords.FoundBy(hub.FoundBy)}{(hub.Latency > TimeSpan.Zero ? $", in {HubWords.Latency(hub.Latency)}" : "")}.");
        }
        if (found.Count > MostNamed) yield return Finding.Good($"And {found.Count - MostNamed} more: kodama scan lists them.");
        if (found.Count == 0) yield return Finding.Note("No hub was found.", "Is one running? kodama serve starts one.");
        yield return IsolationHint.Of(othersHeard, found.Any(hub => IsElsewhere(hub, interfaces)));
    }

    /// <summary>The hub of a name; or what is wrong, where there is none, or more than one: then a token would go to whichever came
    /// first.</summary>
    public static (HubPlace? Place, Finding? Wrong) Named(IReadOnlyList<FoundHub> found, string name) =>
        found.Where(hub => hub.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList() switch
        {
            [] => (null, NotFound(name)),
            [var only] => (HubPlace.Of(only), null),
            var several => (null, Several(name, several)),
        };

    private static Finding NotFound(string name) => Finding.Bad(
        $"No hub called \"{name}\" was found.",
        "See its name (kodama scan) and that it runs in this network. If it does, give its address: kodama doctor http://ADDRESS:PORT");

    private static Finding Several(string name, List<FoundHub> several) => Finding.Bad(
        $"{several.Count} hubs call themselves \"{name}\", as anybody may: "
            + $"{string.Join(", ", several.Take(MostNamed).Select(HubWords.Address))}.",
        "Give the address of the one that you mean; and names of their own to all of them.");

    private static bool IsElsewhere(FoundHub hub, IReadOnlyList<LocalInterface> interfaces) =>
        System.Net.IPAddress.TryParse(hub.Address.DnsSafeHost, out var address)
        && !System.Net.IPAddress.IsLoopback(address)
        && !interfaces.SelectMany(i => i.Addresses).Any(a => a.Address.Equals(address));
}
