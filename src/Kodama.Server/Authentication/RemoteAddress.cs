using System.Net;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Where a request comes from.</summary>
internal static class RemoteAddress
{
    /// <summary>IPv4 addresses as such, also when they come over a dual-stack socket.</summary>
    public static IPAddress? Of(HttpContext context) =>
        context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : context.Connection.RemoteIpAddress;
}
