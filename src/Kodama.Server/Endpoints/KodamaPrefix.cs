using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server;

/// <summary>Endpoint metadata: the path under which the hub was mapped, without a slash at its end.</summary>
internal sealed record KodamaPrefix(string Value)
{
    /// <summary>That of an application's hub; null, where it was not mapped.</summary>
    public static KodamaPrefix? Find(IServiceProvider services) =>
        services.GetService<EndpointDataSource>()?.Endpoints
            .Select(static endpoint => endpoint.Metadata.GetMetadata<KodamaPrefix>()).FirstOrDefault(static prefix => prefix is not null);

    /// <summary>The path under which the hub answers this request, the application's own base included.</summary>
    public static string Of(HttpRequest request) =>
        request.PathBase + (request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<KodamaPrefix>()?.Value ?? "");
}
