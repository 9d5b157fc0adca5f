using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>What a client does wrong while it is served is no error of the application: it is counted, and the log stays small.</summary>
internal sealed class ClientFaults(KodamaMetrics metrics, ILogger<ClientFaults> logger)
{
    /// <summary>Stands around every endpoint of the group.</summary>
    public void Guard(IEndpointConventionBuilder endpoints) => endpoints.Add(endpoint =>
    {
        if (endpoint.RequestDelegate is { } next) endpoint.RequestDelegate = context => RunAsync(context, next);
    });

    /// <summary>Whether a read or write failed since the client has gone. The server may learn of that a moment later.</summary>
    public static bool IsGone(Exception exception, HttpContext context) =>
        exception is ConnectionResetException or ConnectionAbortedException
        || (context.RequestAborted.IsCancellationRequested && exception is (OperationCanceledException or IOException));

    private async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException exception)
        {
            ServerLog.ClientFault(logger, context.Request.Path, exception);
            metrics.Refused("request");
            if (context.Response.HasStarted) context.Abort();
            else await HttpError.WriteAsync(context, exception.StatusCode, "BAD_REQUEST", exception.Message);
        }
        catch (Exception exception) when (IsGone(exception, context))
        {
            ServerLog.ClientFault(logger, context.Request.Path, exception);
            metrics.Refused("request broken off");
        }
    }
}
