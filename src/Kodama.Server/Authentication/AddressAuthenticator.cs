using System.Net;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Lets in who connects from one of these addresses or networks (<c>192.168.1.0/24</c>, <c>fd00::/8</c>,
/// <c>127.0.0.1</c>).</summary>
public sealed class AddressAuthenticator : IAuthenticator
{
    private readonly IPNetwork[] networks;

    /// <summary>Lets these in.</summary>
    /// <exception cref="ArgumentException">One is neither an address nor a network.</exception>
    public AddressAuthenticator(params IEnumerable<string> networks) => this.networks = [.. networks.Select(Parse)];

    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var address = RemoteAddress.Of(context);
        var known = address is not null && Array.Exists(networks, n => n.Contains(address));
        return new(known ? AuthenticationResult.Success : AuthenticationResult.Refuse($"Address {address} may not come in."));
    }

    private static IPNetwork Parse(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        if (IPAddress.TryParse(text, out var address)) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        throw new ArgumentException($"\"{text}\" is neither an IP address nor a network such as 192.168.1.0/24.", nameof(text));
    }
}
