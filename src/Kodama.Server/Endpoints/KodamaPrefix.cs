using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Endpoint metadata: the path under which the hub was mapped, without a slash at its end.</summary>
internal sealed record KodamaPrefix(string Value)
{
    /// <summary>The path under which the hub answers this request, the application's own base included.</summary>
    public static string Of(HttpRequest request) =>
        request.PathBase + (request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<KodamaPrefix>()?.Value ?? "");
}
