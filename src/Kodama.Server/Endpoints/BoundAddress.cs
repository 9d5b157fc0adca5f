using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server;

/// <summary>A URL on which the server listens.</summary>
internal sealed record BoundAddress(string Scheme, string Host, int Port)
{
    /// <summary>All of them; none before the start, and of a server without ports.</summary>
    public static IReadOnlyList<BoundAddress> Of(IServiceProvider services)
    {
        var addresses = services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var tls = services.GetService<TlsPorts>();
        // Kestrel does not know of TLS that is the transport's.
        return
        [
            .. addresses.Select(TryParse).OfType<BoundAddress>()
                .Select(bound => tls?.Has(bound.Address, bound.Port) ?? false ? bound with { Scheme = Uri.UriSchemeHttps } : bound),
        ];
    }

    /// <summary>The address it stands for, <see cref="IPAddress.Any"/> and <see cref="IPAddress.IPv6Any"/> (both families) included; null
    /// for localhost.</summary>
    public IPAddress? Address =>
        IPAddress.TryParse(Host.Trim('[', ']'), out var address) ? address : Host == "localhost" ? null : IPAddress.IPv6Any;

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => Address is not { } address || IPAddress.IsLoopback(address);

    private static BoundAddress? TryParse(string address)
    {
        var parsed = Microsoft.AspNetCore.Http.BindingAddress.Parse(address);
        return parsed.IsUnixPipe || parsed.IsNamedPipe ? null : new(parsed.Scheme, parsed.Host, parsed.Port);
    }
}
