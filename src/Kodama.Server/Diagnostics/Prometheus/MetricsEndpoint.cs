using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Kodama.Server;

/// <summary><c>GET /metrics</c> of a <see cref="KodamaServer"/>, for Prometheus (docs/metrics.md).</summary>
internal sealed class MetricsEndpoint(KodamaMetrics metrics, RequestGuard guard, AdminAccess admin) : IDisposable
{
    private const string OpenMetrics = "application/openmetrics-text";

    private readonly Lazy<HubMeasurements> hub = new(() => new HubMeasurements(metrics));

    // An endpoint of the program's own at this path comes first.
    public void Map(IEndpointRouteBuilder endpoints) => endpoints
        .MapMethods("/metrics", [HttpMethods.Get, HttpMethods.Head], guard.Open(HandleAsync))
        .WithMetadata(new KodamaPrefix("")).WithOrder(1);

    public void Dispose()
    {
        if (hub.IsValueCreated) hub.Value.Dispose();
    }

    private Task HandleAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (!LocalRequest.IsLocal(context) && !admin.IsAdmin(context))
        {
            metrics.Refused("metrics");
            return HttpError.WriteAsync(
                context, StatusCodes.Status403Forbidden, "NOT_ALLOWED",
                "Metrics are for the hub's own machine, at 127.0.0.1, and for who has its admin token: Authorization: Bearer ...");
        }
        var text = new PrometheusText(PrefersOpenMetrics(context.Request));
        hub.Value.Write(text);
        ProcessMeasurements.Write(text, HubEndpoints.Version);
        var bytes = text.End();
        context.Response.ContentType = text.ContentType;
        context.Response.Headers.Vary = "Accept";
        context.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    // Whoever names both, as Prometheus does, says by a quality which it would rather have.
    private static bool PrefersOpenMetrics(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)) return false;
        var asked = accepted.Where(type => type.MediaType.Equals(OpenMetrics, StringComparison.OrdinalIgnoreCase)).ToList();
        var plain = accepted.Where(type => type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase));
        return asked.Count > 0 && asked.Max(Quality) is > 0 and var quality && quality >= plain.Select(Quality).DefaultIfEmpty(0).Max();

        static double Quality(MediaTypeHeaderValue type) => type.Quality ?? 1;
    }
}
