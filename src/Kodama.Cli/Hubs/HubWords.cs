using System.Globalization;
using Kodama.Cli.Terminals;
using Kodama.Discovery;

namespace Kodama.Cli.Hubs;

/// <summary>What is known of a hub, in words for people. All of it is printable: what hubs say of themselves comes from the
/// network.</summary>
internal static class HubWords
{
    private const int LongestName = 80;
    private const int LongestDetails = 400;

    public static string Name(FoundHub hub) => Printable.Line(hub.Name, LongestName);

    public static string Address(FoundHub hub) => Address(hub.Address);

    /// <summary>Without the slash at its end, as <c>serve</c> prints it.</summary>
    public static string Address(Uri address) => Printable.Line(Url(address).TrimEnd('/'));

    /// <summary>Scheme, authority and path; of a link-local IPv6 address with its scope, without which it leads nowhere and which <see
    /// cref="Uri"/> leaves out.</summary>
    public static string Url(Uri address) => address.HostNameType == UriHostNameType.IPv6
        ? string.Create(CultureInfo.InvariantCulture, $"{address.Scheme}://[{address.DnsSafeHost}]:{address.Port}{address.AbsolutePath}")
        : address.GetLeftPart(UriPartial.Path);

    /// <summary>All but the name, which has a place of its own: <c>floor=2, wing=east</c>.</summary>
    public static string Details(FoundHub hub) => Printable.Line(
        string.Join(", ", hub.Details
            .Where(d => d.Key != "name" || d.Value != hub.Name)
            .OrderBy(d => d.Key, StringComparer.Ordinal)
            .Select(d => $"{d.Key}={d.Value}")),
        LongestDetails);

    /// <summary>A hub that told of itself unasked has none.</summary>
    public static string Latency(TimeSpan latency) => latency == TimeSpan.Zero ? "-" :
        latency.TotalMilliseconds.ToString(latency.TotalMilliseconds < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms";

    public static string FoundBy(FoundBy by) => by switch
    {
        Discovery.FoundBy.Mdns => "mDNS",
        Discovery.FoundBy.Sweep => "sweep",
        Discovery.FoundBy.Any => "mDNS, sweep",
        _ => "",
    };

    public static string Change(HubChangeKind kind) => kind switch
    {
        HubChangeKind.Found => "found",
        HubChangeKind.Changed => "changed",
        _ => "lost",
    };
}
