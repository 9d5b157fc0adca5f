using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Kodama.Discovery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server;

/// <summary>The URLs at which the hub can be reached, the best one for another device first.</summary>
public sealed class HubAddresses
{
    private readonly IServiceProvider services;

    internal HubAddresses(IServiceProvider services) => this.services = services;

    /// <summary>Every URL: a wildcard address stands for all of the machine's.</summary>
    public IReadOnlyList<string> All()
    {
        var aside = LocalInterfaces.List().Where(i => !i.IsUsed).SelectMany(i => i.Addresses).Select(a => a.Address).ToHashSet();
        return
        [
            .. BoundAddress.Of(services)
                .SelectMany(bound => Expand(bound, services.GetService<TlsPorts>()))
                .Distinct()
                .OrderBy(url => Rank(url, aside))
                .Select(url => url.GetLeftPart(UriPartial.Authority)),
        ];
    }

    /// <summary>The same with the request's prefix, and the address by which the request came where none is known.</summary>
    internal IReadOnlyList<string> Of(HttpRequest request)
    {
        var prefix = KodamaPrefix.Of(request);
        var all = All();
        return [.. (all.Count > 0 ? all : [$"{request.Scheme}://{request.Headers.Host}"]).Select(a => a + prefix)];
    }

    private static IEnumerable<Uri> Expand(BoundAddress bound, TlsPorts? tls)
    {
        IEnumerable<IPAddress>? all = bound.Address switch
        {
            var any when IPAddress.Any.Equals(any) => MachineAddresses().Where(a => a.AddressFamily == AddressFamily.InterNetwork),
            var any when IPAddress.IPv6Any.Equals(any) => MachineAddresses(),
            { } one => [one],
            null => null,
        };
        if (all is null) return [new Uri($"{bound.Scheme}://{bound.Host}:{bound.Port}")];
        // A certificate of the hub's own is for private addresses only: at others it serves plain http as well.
        return all.Select(address => new Uri(
            $"{(tls?.Covers(address) ?? true ? bound.Scheme : Uri.UriSchemeHttp)}://{Host(address)}:{bound.Port}"));
    }

    private static string Host(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    private static IEnumerable<IPAddress> MachineAddresses() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .Where(a => !a.IsIPv6LinkLocal);

    // Private IPv4 addresses are what a phone on the same network reaches; those of containers and tunnels it hardly does, and loopback
    // only this machine.
    private static int Rank(Uri uri, HashSet<IPAddress> aside)
    {
        if (!IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address)) return uri.IsLoopback ? 5 : 2;
        if (IPAddress.IsLoopback(address)) return 5;
        if (aside.Contains(address)) return 4;
        if (address.AddressFamily == AddressFamily.InterNetworkV6) return 3;
        return address.GetAddressBytes() switch
        {
            [192, 168, ..] or [10, ..] or [172, >= 16 and <= 31, ..] => 0,
            [169, 254, ..] => 2,
            _ => 1,
        };
    }
}
