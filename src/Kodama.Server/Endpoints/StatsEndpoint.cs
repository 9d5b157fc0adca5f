using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary><c>/api/stats</c>: what the hub has counted, second by second, in the last five minutes.</summary>
internal sealed class StatsEndpoint(RecentCounts counts, RoomAccess access)
{
    public async Task HandleAsync(HttpContext context, AuthenticationResult authenticated)
    {
        if (await access.ViewAsync(context, authenticated) is null) return;
        context.Response.Headers.CacheControl = "no-store";
        var answer = new StatsAnswer(counts.List());
        await context.Response.WriteAsJsonAsync(answer, ApiJson.Types.StatsAnswer, cancellationToken: context.RequestAborted);
    }
}
