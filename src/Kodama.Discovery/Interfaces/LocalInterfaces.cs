using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Kodama.Discovery;

/// <summary>The network interfaces of this machine. Thread-safe.</summary>
public static class LocalInterfaces
{
    /// <summary>All interfaces, those that are not used included, each with the reason.</summary>
    /// <param name="named">Names or addresses of those to use; null or empty for the default choice.</param>
    /// <exception cref="ArgumentException">There is no interface of a name or address in <paramref name="named"/>.</exception>
    public static IReadOnlyList<LocalInterface> List(IReadOnlyCollection<string>? named = null)
    {
        var interfaces = Current(named ?? []);
        foreach (var name in named ?? [])
        {
            if (interfaces.Any(i => IsCalled(i, name))) continue;
            var all = interfaces.Select(
                i => i.Addresses.Count == 0 ? i.Name : $"{i.Name} ({string.Join(", ", i.Addresses.Select(a => a.Address))})");
            throw new ArgumentException($"There is no network interface \"{name}\"; there are: {string.Join(", ", all)}.", nameof(named));
        }
        return interfaces;
    }

    /// <summary>As <see cref="List"/>, but what is named and not there may still come.</summary>
    internal static IReadOnlyList<LocalInterface> Current(IReadOnlyCollection<string> named)
    {
        var tentative = TentativeAddresses.Read();
        var interfaces = new List<LocalInterface>();
        foreach (var system in NetworkInterface.GetAllNetworkInterfaces())
        {
            try
            {
                interfaces.Add(Judge(system, tentative, named));
            }
            catch (NetworkInformationException)
            {
                // It went away while it was looked at.
            }
        }
        return interfaces;
    }

    private static LocalInterface Judge(NetworkInterface system, HashSet<IPAddress> tentative, IReadOnlyCollection<string> named)
    {
        var properties = system.GetIPProperties();
        var addresses = properties.UnicastAddresses
            .Where(a => !tentative.Contains(WithoutScope(a.Address)))
            .Select(a => new LocalAddress(a.Address, a.PrefixLength)).ToList();
        var listed = new LocalInterface(system.Name, IndexOf(system, properties), addresses, false, "");

        // Tunnels and the like know no state.
        var up = system.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown;
        var missing = !up ? "it is down" : addresses.Count == 0 ? "it has no address" : listed.Index == 0 ? "it does not speak IP" : null;
        if (named.Count > 0)
        {
            if (!named.Any(n => IsCalled(listed, n))) return listed with { Reason = "others are named" };
            return listed with { IsUsed = missing is null, Reason = missing is null ? "it is named" : $"it is named, but {missing}" };
        }
        var reason = InterfaceRules.WhyLeftOut(system.Name, system.Description, system.NetworkInterfaceType, system.SupportsMulticast)
            ?? missing;
        return listed with { IsUsed = reason is null, Reason = reason ?? "it is up and has an address" };
    }

    private static bool IsCalled(LocalInterface listed, string name) =>
        listed.Name == name
        || (IPAddress.TryParse(name, out var address)
            && listed.Addresses.Any(a => WithoutScope(a.Address).Equals(WithoutScope(address))));

    private static IPAddress WithoutScope(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;

    // The same for both families wherever there are both; a family that is switched off has none.
    private static int IndexOf(NetworkInterface system, IPInterfaceProperties properties)
    {
        if (system.Supports(NetworkInterfaceComponent.IPv4) && properties.GetIPv4Properties() is { } v4) return v4.Index;
        return system.Supports(NetworkInterfaceComponent.IPv6) && properties.GetIPv6Properties() is { } v6 ? v6.Index : 0;
    }
}
