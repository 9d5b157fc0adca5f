using System.Net.Sockets;
using Kodama.Discovery;

namespace Kodama.Cli.Doctor;

/// <summary>Whether multicast works on each interface that discovery uses, and who else speaks mDNS there.</summary>
internal static class MulticastCheck
{
    private const int MulticastPort = 5353;
    private const int MostNamed = 5;

    /// <summary>The findings, and whether another machine was heard.</summary>
    public static async Task<(IReadOnlyList<Finding> Findings, bool OthersHeard)> RunAsync(
        IReadOnlyList<LocalInterface> interfaces, CancellationToken cancellationToken)
    {
        var probes = await Task.WhenAll(
            from one in interfaces
            where one.IsUsed
            from family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6]
            where one.Addresses.Any(a => a.Address.AddressFamily == family)
            select ProbeAsync(one, family, cancellationToken));
        var holders = PortOwner.FindUdp(MulticastPort);
        return ([.. probes.SelectMany(p => Judge(p.Where, p.Result, holders))], probes.Any(p => p.Result.Others.Count > 0));
    }

    /// <summary>What one probe means.</summary>
    /// <param name="where">Such as <c>eth0, IPv4</c>.</param>
    /// <param name="result">What it saw.</param>
    /// <param name="holders">Other processes of this machine that have UDP port 5353, as far as they are known.</param>
    public static IEnumerable<Finding> Judge(string where, MulticastProbeResult result, IReadOnlyList<string> holders)
    {
        var known = string.Join(", ", holders.Take(MostNamed));
        if (result.Failure is { } failure)
        {
            yield return Finding.Bad(
                $"{where}: multicast cannot be used: {failure}.",
                (known.Length > 0
                    ? $"UDP port 5353 is held by {known}: stop it, or have it share the port."
                    : "Another program may hold UDP port 5353 for itself (see who, as root: ss -ulnp sport = :5353), "
                        + "or the system forbids it.")
                    + " Hubs are still found by the sweep of addresses.");
            yield break;
        }
        yield return result.ComesBack
            ? Finding.Good($"{where}: a multicast question goes out and is heard by this machine.")
            : Finding.Bad(
                $"{where}: a multicast question goes out, but not even this machine hears it.",
                "A firewall on this machine drops UDP port 5353: see the hints below. Hubs are still found by the sweep of addresses.");
        if (result.AnswersHere)
        {
            yield return Finding.Good($"{where}: another program of this machine answers on port 5353: "
                + $"{(known.Length > 0 ? known : "avahi, Bonjour or a hub")}. They share it.");
        }
        if (result.Others.Count > 0)
        {
            var named = string.Join(", ", result.Others.Take(MostNamed));
            var more = result.Others.Count > MostNamed ? $" and {result.Others.Count - MostNamed} more" : "";
            yield return Finding.Good($"{where}: multicast of other machines arrives, from {named}{more}.");
        }
    }

    private static async Task<(string Where, MulticastProbeResult Result)> ProbeAsync(
        LocalInterface one, AddressFamily family, CancellationToken cancellationToken)
    {
        var where = $"{one.Name}, {(family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")}";
        return (where, await MulticastProbe.RunAsync(one, family, cancellationToken));
    }
}
