using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server.Security;

/// <summary>By which names the hub may be addressed. A page whose name an attacker points at the hub's address (DNS rebinding) sends that
/// name.</summary>
internal sealed class RequestHost(KodamaOptions options)
{
    private readonly string[] allowed =
        [.. options.AllowedHosts.Append(Environment.MachineName).Append(Dns.GetHostName()).Select(ToAscii), "localhost"];

    /// <summary>As the request has it: <see cref="HttpRequest.Host"/> unfolds punycode, and throws where a client has made it up.</summary>
    public static HostString Of(HttpRequest request) => new(request.Headers.Host.ToString());

    /// <summary>A name with letters of other alphabets as browsers send it, in punycode.</summary>
    public static string ToAscii(string name)
    {
        try
        {
            return new IdnMapping().GetAscii(name);
        }
        catch (ArgumentException)
        {
            return name;
        }
    }

    /// <exception cref="ArgumentException">No Host can be that.</exception>
    public static void ThrowIfInvalid(string name)
    {
        if (name == "*" || Uri.CheckHostName(name) != UriHostNameType.Unknown) return;
        throw new ArgumentException(
            $"AllowedHosts has \"{name}\", which is not the name of a host: write it without scheme, port and path, "
                + "such as hub.example, or * for any.");
    }

    public bool IsAllowed(HttpRequest request)
    {
        var host = Of(request).Host;
        return IPAddress.TryParse(host, out _)
            || Array.Exists(allowed, name => name == "*" || string.Equals(name, host, StringComparison.OrdinalIgnoreCase))
            || host.EndsWith(".local", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }
}
