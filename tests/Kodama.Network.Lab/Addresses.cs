namespace Kodama.Network.Lab;

/// <summary>Which addresses an interface gets when it is plugged in.</summary>
[Flags]
public enum Addresses
{
    None = 0,
    IPv4 = 1,

    /// <summary>fe80::/64, which the kernel makes by itself.</summary>
    LinkLocal = 2,

    /// <summary>A unique local address, fd77::/64.</summary>
    IPv6 = 4,

    /// <summary>As in most homes and offices.</summary>
    Usual = IPv4 | LinkLocal,

    OnlyIPv6 = LinkLocal | IPv6,
    All = IPv4 | LinkLocal | IPv6,
}
