using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
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
        var bound = services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        return [.. bound.Select(BindingAddress.TryParse).OfType<BindingAddress>().SelectMany(Expand).Distinct().OrderBy(Rank).Select(u => u.GetLeftPart(UriPartial.Authority))];
    }

    /// <summary>The same with the request's prefix, and the address by which the request came where none is known.</summary>
    internal IReadOnlyList<string> Of(HttpRequest request)
    {
        var prefix = request.PathBase + (request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<KodamaPrefix>()?.Value ?? "");
        var all = All();
        return [.. (all.Count > 0 ? all : [$"{request.Scheme}://{request.Host}"]).Select(a => a + prefix)];
    }

    private static IEnumerable<Uri> Expand(BindingAddress bound)
    {
        var hosts = bound.Host switch
        {
            "0.0.0.0" or "*" or "+" => MachineAddresses().Where(a => a.AddressFamily == AddressFamily.InterNetwork),
            "[::]" => MachineAddresses(),
            _ => null,
        };
        return (hosts?.Select(Host) ?? [bound.Host]).Select(host => new Uri($"{bound.Scheme}://{host}:{bound.Port}"));
    }

    private static string Host(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    private static IEnumerable<IPAddress> MachineAddresses() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus == OperationalStatus.Up)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .Where(a => !a.IsIPv6LinkLocal);

    // Private IPv4 addresses are what a phone on the same network reaches; loopback only this machine does.
    private static int Rank(Uri uri)
    {
        if (!IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address)) return uri.IsLoopback ? 4 : 2;
        if (IPAddress.IsLoopback(address)) return 4;
        if (address.AddressFamily == AddressFamily.InterNetworkV6) return 3;
        var bytes = address.GetAddressBytes();
        // 172.16/12 is private too, but on most machines it is a container's bridge.
        return bytes switch
        {
            [192, 168, ..] or [10, ..] => 0,
            [172, >= 16 and <= 31, ..] or [169, 254, ..] => 2,
            _ => 1,
        };
    }

    private sealed record BindingAddress(string Scheme, string Host, int Port)
    {
        public static BindingAddress? TryParse(string address)
        {
            var parsed = Microsoft.AspNetCore.Http.BindingAddress.Parse(address);
            return parsed.IsUnixPipe || parsed.IsNamedPipe ? null : new(parsed.Scheme, parsed.Host, parsed.Port);
        }
    }
}
