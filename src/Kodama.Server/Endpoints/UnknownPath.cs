using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>What a server of the hub alone answers where no endpoint is, or none for the method: as the endpoints would, in their
/// form, to a person with a page; or with a page of one's own.</summary>
internal sealed class UnknownPath(RequestGuard guard, WwwFolder? www)
{
    private const string NothingPage = """
        <h1>There is nothing here</h1>
        <p><a href="/">The hub's page</a> is at /, its doors are at /ws, and its interface is at /api.</p>
        <div lang="ja">
        <h1>ここには何もありません</h1>
        <p><a href="/">ハブのページ</a>は / に、クライアントの入口は /ws に、API は /api にあります。</p>
        </div>
        """;

    private const string NoTrustPage = """
        <h1>This hub has no certificate to trust</h1>
        <p>It speaks plain http. If it is yours, start it with <code>kodama serve --https</code>: then this page says how to trust it.</p>
        <p><a href="/">The hub's page</a></p>
        <div lang="ja">
        <h1>このハブには信頼する証明書がありません</h1>
        <p>このハブは http で動いています。ご自分のハブなら <code>kodama serve --https</code> で起動すると、このページに信頼する方法が表示されます。</p>
        <p><a href="/">ハブのページ</a></p>
        </div>
        """;

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
            await TellNothingIsHereAsync(context);
        }
    }

    private static Task TellNothingIsHereAsync(HttpContext context)
    {
        var (request, isTrust) = (context.Request, context.Request.Path == TrustEndpoints.Path);
        // Browsers ask for one by themselves; the hub's page names its own.
        if (request.Path == "/favicon.ico" && HttpMethods.IsGet(request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }
        if (PersonPage.IsFor(request))
            return PersonPage.WriteAsync(context, StatusCodes.Status404NotFound, isTrust ? NoTrustPage : NothingPage);
        var message = isTrust
            ? "This hub has no authority of its own: start it with --https."
            : "There is nothing here: the hub is at /, its doors at /ws and its interface at /api.";
        return HttpError.WriteAsync(context, StatusCodes.Status404NotFound, "NOT_FOUND", message);
    }
}
