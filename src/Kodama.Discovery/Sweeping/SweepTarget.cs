using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery;

/// <summary>An address and port to try.</summary>
/// <param name="EndPoint">Where to connect.</param>
/// <param name="HostName">The name by which the user gave it, if it was one.</param>
internal sealed record SweepTarget(IPEndPoint EndPoint, string? HostName = null)
{
    /// <summary>Host and port as a Host header and an address write them; the scope of a link-local address is this machine's own affair
    /// (RFC 6874).</summary>
    public string Authority(bool withScope)
    {
        // A name beyond ASCII would have to be encoded for a Host header; the address does as well.
        var host = HostName is { } name && System.Text.Ascii.IsValid(name) ? name : HostOf(EndPoint.Address, withScope);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{host}:{EndPoint.Port}");
    }

    private static string HostOf(IPAddress address, bool withScope)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork) return address.ToString();
        return withScope || address.ScopeId == 0 ? $"[{address}]" : $"[{new IPAddress(address.GetAddressBytes())}]";
    }
}
