using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Counts what answers hold while their clients take them, slowly perhaps, as underway: out of the budget of what comes
/// in.</summary>
internal sealed class OutgoingAnswers(IncomingBounds bounds, KodamaMetrics metrics)
{
    /// <summary>Takes so many bytes, to be disposed of when the answer is written; null, when there are none, and the refusal is
    /// written.</summary>
    public async ValueTask<IDisposable?> TryHoldAsync(HttpContext context, long bytes)
    {
        var held = new Held(bounds, context);
        if (held.TryTake(bytes)) return held;
        await RefuseAsync(context);
        return null;
    }

    /// <summary>Says that there is no place for an answer now.</summary>
    public Task RefuseAsync(HttpContext context)
    {
        metrics.Refused("no room for answer");
        context.Response.Headers.RetryAfter = "1";
        const string Message = "Too much is underway: ask again later, or for less at once.";
        return HttpError.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "TOO_MUCH_UNDERWAY", Message);
    }

    private sealed class Held(IncomingBounds bounds, HttpContext context) : IDisposable
    {
        private readonly System.Net.IPAddress? address = RemoteAddress.Of(context);
        private int taken;

        public bool TryTake(long bytes) => bounds.Budget.TryAdjust(address, ref taken, (int)Math.Min(int.MaxValue, bytes));

        public void Dispose() => TryTake(0);
    }
}
