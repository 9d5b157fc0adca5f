using System.Net;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server.Security;

/// <summary>By which names the hub may be addressed. A page whose name an attacker points at the hub's address (DNS rebinding) sends that
/// name.</summary>
internal sealed class RequestHost(KodamaOptions options)
{
    // A Host is told with its letters, where it came in punycode.
    private readonly string[] allowed =
    [
        .. options.AllowedHosts.Select(static name => HostString.FromUriComponent(name).Host), Environment.MachineName, Dns.GetHostName(),
        "localhost",
    ];

    /// <exception cref="ArgumentException">No Host can be that.</exception>
    public static void ThrowIfInvalid(string name)
    {
        if (name == "*" || Uri.CheckHostName(name) != UriHostNameType.Unknown) return;
        throw new ArgumentException(
            $"\"{name}\" is not the name of a host: write it without scheme, port and path, such as hub.example, or * for any.");
    }

    public bool IsAllowed(HttpRequest request)
    {
        var host = request.Host.Host;
        return IPAddress.TryParse(host, out _)
            || Array.Exists(allowed, name => name == "*" || string.Equals(name, host, StringComparison.OrdinalIgnoreCase))
            || host.EndsWith(".local", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }
}
