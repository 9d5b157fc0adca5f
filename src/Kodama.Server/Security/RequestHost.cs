using System.Net;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server.Security;

/// <summary>By which names the hub may be addressed. A page whose name an attacker points at the hub's address (DNS rebinding) sends that
/// name.</summary>
internal sealed class RequestHost(KodamaOptions options)
{
    private readonly string[] allowed = [.. options.AllowedHosts, Environment.MachineName, Dns.GetHostName(), "localhost"];

    public bool IsAllowed(HttpRequest request)
    {
        var host = request.Host.Host;
        return IPAddress.TryParse(host, out _)
            || Array.Exists(allowed, name => name == "*" || string.Equals(name, host, StringComparison.OrdinalIgnoreCase))
            || host.EndsWith(".local", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }
}
