using Kodama.Discovery;

namespace Kodama.Cli.Doctor;

/// <summary>Which network interfaces there are, and which of them discovery uses.</summary>
internal static class InterfaceCheck
{
    public static IEnumerable<Finding> Run(IReadOnlyList<LocalInterface> interfaces)
    {
        foreach (var one in interfaces.Where(i => i.IsUsed)) yield return Finding.Good($"{one.Name} is used: {Addresses(one)}.");
        foreach (var other in interfaces.Where(i => !i.IsUsed))
        {
            yield return Finding.Note(
                $"{other.Name} is not used: {other.Reason.TrimEnd('.')}{(other.Addresses.Count > 0 ? $" ({Addresses(other)})" : "")}.");
        }
        if (interfaces.Any(i => i.IsUsed)) yield break;
        yield return Finding.Bad(
            "No interface leads to a local network: hubs can be found on this machine only.",
            interfaces.Any(i => i.Addresses.Any(a => !System.Net.IPAddress.IsLoopback(a.Address)))
                ? "Connect to the network by cable or Wi-Fi; or, if one of those above is the right one, name it: --interface NAME."
                : "Connect to the network by cable or Wi-Fi, and see that it gives this machine an address.");
    }

    private static string Addresses(LocalInterface one) =>
        one.Addresses.Count == 0 ? "no address" : string.Join(", ", one.Addresses.Select(a => $"{a.Address}/{a.PrefixLength}"));
}
