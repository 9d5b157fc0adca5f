using System.Net.NetworkInformation;

namespace Kodama.Discovery;

/// <summary>Which interfaces are used by default: those that lead to a network with other people's devices
/// (docs/specs/discovery.md).</summary>
internal static class InterfaceRules
{
    private const string Virtual = "it leads to containers or virtual machines on this computer";
    private const string Tunnel = "it is a VPN or a tunnel";
    private const string Mobile = "it is a mobile network";
    private const string Direct = "it is for direct links between Apple devices";

    // How interfaces are called on Linux, macOS and Windows, in small letters.
    private static readonly (string Prefix, string Reason)[] Prefixes =
    [
        ("docker", Virtual), ("podman", Virtual), ("cni", Virtual), ("flannel", Virtual), ("cilium", Virtual),
        ("weave", Virtual), ("kube-", Virtual), ("lxcbr", Virtual), ("lxdbr", Virtual), ("incusbr", Virtual),
        ("virbr", Virtual), ("vnet", Virtual), ("vmnet", Virtual), ("vboxnet", Virtual), ("bridge100", Virtual),
        ("bridge101", Virtual), ("vmenet", Virtual), ("dummy", Virtual), ("ifb", Virtual),
        ("vethernet (default switch)", Virtual), ("vethernet (wsl", Virtual), ("vethernet (nat)", Virtual), ("vethernet (docker", Virtual),
        ("tun", Tunnel), ("tap", Tunnel), ("wg", Tunnel), ("utun", Tunnel), ("tailscale", Tunnel), ("zerotier", Tunnel), ("ppp", Tunnel),
        ("ipsec", Tunnel), ("gre", Tunnel), ("sit", Tunnel), ("ip6tnl", Tunnel),
        ("nebula", Tunnel), ("gif", Tunnel), ("stf", Tunnel), ("teredo", Tunnel),
        ("rmnet", Mobile), ("wwan", Mobile), ("pdp_ip", Mobile),
        ("awdl", Direct), ("llw", Direct), ("anpi", Direct),
    ];

    // What drivers on Windows call themselves, where names are the user's.
    private static readonly (string Part, string Reason)[] Descriptions =
    [
        ("virtualbox host-only", Virtual), ("vmware virtual ethernet", Virtual),
        ("wintun", Tunnel), ("wireguard", Tunnel), ("tap-windows", Tunnel), ("vpn", Tunnel), ("zerotier", Tunnel), ("tailscale", Tunnel),
    ];

    /// <summary>Why the interface is left out, or null.</summary>
    public static string? WhyLeftOut(string name, string description, NetworkInterfaceType type, bool multicast)
    {
        if (type == NetworkInterfaceType.Loopback) return "it leads to this computer only";
        var lower = name.ToLowerInvariant();
        foreach (var (prefix, reason) in Prefixes)
        {
            if (StartsWithWord(lower, prefix)) return reason;
        }
        if (IsOfContainers(lower)) return Virtual;
        if (lower.StartsWith("zt", StringComparison.Ordinal) && lower.Length == 10) return Tunnel;
        foreach (var (part, reason) in Descriptions)
        {
            if (description.Contains(part, StringComparison.OrdinalIgnoreCase)) return reason;
        }
        if (type is NetworkInterfaceType.Ppp or NetworkInterfaceType.Tunnel) return Tunnel;
        if (type is NetworkInterfaceType.Wwanpp or NetworkInterfaceType.Wwanpp2) return Mobile;
        return multicast ? null : "it cannot do multicast";
    }

    // Users may name theirs as they like: "greenhouse" is no GRE tunnel.
    private static bool StartsWithWord(string name, string word) =>
        name.StartsWith(word, StringComparison.Ordinal) && (name.Length == word.Length || !char.IsAsciiLetter(name[word.Length]));

    // veth12ab, cali0a1b2c3d4e5, br-0a1b2c3d4e5f; not "vethernet (external)" of Hyper-V, and neither br-lan nor br0.
    private static bool IsOfContainers(string name) =>
        HasHexAfter("veth", name) || HasHexAfter("cali", name) || (name.Length == 15 && HasHexAfter("br-", name));

    private static bool HasHexAfter(string prefix, string name) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && name.Skip(prefix.Length).All(char.IsAsciiHexDigit);
}
