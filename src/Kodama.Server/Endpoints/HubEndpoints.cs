using System.Reflection;
using Kodama.Server.Console;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>What the hub tells of itself: <c>/</c>, <c>/health</c> and <c>/api/hub</c>.</summary>
internal sealed class HubEndpoints(
    Hub hub, KodamaOptions options, ConsoleAssets console, HubAddresses addresses, HubAdvertising advertising, HubNeighbours neighbours,
    Intake intake, RequestGuard guard, TimeProvider time, WwwFolder? www = null)
{
    /// <summary>Of the hub's program.</summary>
    public static readonly string Version =
        typeof(HubEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    // What a scan is to know of a hub that it found by its address (docs/specs/discovery.md).
    private const string IdHeader = "Kodama-Id";
    private const string PathHeader = "Kodama-Path";
    private const string ClusterHeader = "Kodama-Cluster";

    /// <summary>The details for programs, among them the scanner of <c>local_websocket</c>; a page for people: one's own, or the
    /// hub's.</summary>
    public async Task RootAsync(HttpContext context)
    {
        context.Response.Headers[IdHeader] = hub.Id;
        context.Response.Headers[PathHeader] = KodamaPrefix.Of(context.Request) + WebSocketEndpoint.Path;
        if (hub.Cluster is { } cluster) context.Response.Headers[ClusterHeader] = cluster.Id;
        context.Response.Headers.Vary = "Accept";
        if (!AcceptsHtml(context.Request))
        {
            await context.Response.WriteAsJsonAsync(
                hub.Details, ApiJson.Types.IReadOnlyDictionaryStringString, cancellationToken: context.RequestAborted);
        }
        else if (www is null || !await www.TryWriteAsync(context))
        {
            await console.WriteIndexAsync(context);
        }
    }

    /// <summary>A file of the hub's page, or of one's own: both are built into a folder of this name.</summary>
    public async Task AssetAsync(HttpContext context)
    {
        if (console.HasAsset(context) || www is null || !await www.TryWriteAsync(context)) await console.WriteAssetAsync(context);
    }

    /// <summary>Whether a person asks, by a browser.</summary>
    public static bool AcceptsHtml(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    public Task HealthAsync(HttpContext context)
    {
        context.Response.Headers.AccessControlAllowOrigin = "*";
        if (hub.IsStopping) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        var answer = hub.IsStopping ? new HealthAnswer("stopping")
            : intake.IsShort ? new HealthAnswer("short", new(intake.Held, intake.Limit), EngineAnswer)
            : new HealthAnswer(EngineAnswer is { Wrong: not null } ? "unkept" : "ok", Engine: EngineAnswer);
        return context.Response.WriteAsJsonAsync(answer, ApiJson.Types.HealthAnswer, cancellationToken: context.RequestAborted);
    }

    // Left out where there is nothing to be said.
    private EngineAnswer? EngineAnswer => hub.EngineCondition is { } condition && (condition.Wrong ?? condition.Warning) is not null
        ? new EngineAnswer(condition.Wrong, condition.Wrong is null ? null : condition.Since, condition.Warning)
        : null;

    public Task InfoAsync(HttpContext context)
    {
        var name = hub.Details.GetValueOrDefault("name") ?? options.Name!;
        var answer = new HubAnswer(
            hub.Id, name, Version, hub.Details, options.Echo, options.DefaultRoom, guard.IsTokenRequired,
            addresses.Of(context.Request), advertising.Name, hub.StartedAt, time.GetUtcNow(),
            neighbours.Cluster is { } cluster ? new(cluster.Id, neighbours.Members.Select(ClusterHubAnswer.Of)) : null);
        return context.Response.WriteAsJsonAsync(answer, ApiJson.Types.HubAnswer, cancellationToken: context.RequestAborted);
    }
}
