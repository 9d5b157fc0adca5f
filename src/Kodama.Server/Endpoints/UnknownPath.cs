using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>What a server of the hub alone answers where no endpoint is, or none for the method: as the endpoints would, in their
/// form; or with a page of one's own.</summary>
internal sealed class UnknownPath(RequestGuard guard, WwwFolder? www)
{
    /// <summary>Passes on what has an endpoint of the hub; a handshake must not stay in here as long as its connection lasts.</summary>
    public RequestDelegate Before(RequestDelegate next)
    {
        var unknown = guard.Open(context => RefuseAsync(context, next));
        return context => context.GetEndpoint()?.Metadata.GetMetadata<KodamaPrefix>() is null ? unknown(context) : next(context);
    }

    private async Task RefuseAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is null && www is not null && await www.TryWriteAsync(context)) return;
        // For a method that no endpoint of the path has, routing has an endpoint of its own, which names those that there are.
        await next(context);
        if (context.Response.HasStarted) return;
        if (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
        {
            var message = $"Not with {context.Request.Method}: this path takes {context.Response.Headers.Allow}.";
            await HttpError.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "METHOD_NOT_ALLOWED", message);
        }
        else if (context.Response.StatusCode == StatusCodes.Status404NotFound)
        {
            const string Message = "There is nothing here: the hub is at /, its doors at /ws and its interface at /api.";
            await HttpError.WriteAsync(context, StatusCodes.Status404NotFound, "NOT_FOUND", Message);
        }
    }
}
