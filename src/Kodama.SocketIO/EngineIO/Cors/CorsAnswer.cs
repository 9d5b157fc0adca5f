using System.Globalization;
using Kodama.Server;
using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO;

/// <summary>Writes the headers of the CORS protocol.</summary>
internal sealed class CorsAnswer(CorsOptions options, RequestGuard guard)
{
    private const string PrivateNetwork = "Access-Control-Request-Private-Network";

    private readonly string methods = string.Join(',', options.Methods);
    private readonly string allowedHeaders = string.Join(',', options.AllowedHeaders);
    private readonly string exposedHeaders = string.Join(',', options.ExposedHeaders);

    /// <summary>Whether a request of this origin, null for a program, may use the server.</summary>
    public bool Allows(string? origin, HttpRequest request) =>
        origin is null || guard.IsOriginAllowed(origin, request) || options.Allows(origin);

    /// <summary>Writes what any answer has. True, when that is all: the request was a preflight.</summary>
    public bool Write(HttpContext context)
    {
        var request = context.Request;
        string? origin = request.Headers.Origin is [{ } from, ..] ? from : null;
        var isGuards = origin is not null && guard.IsOriginConfigured(origin);
        if (!options.IsConfigured && !isGuards) return false;

        var headers = context.Response.Headers;
        if ((isGuards && options.AnswerTo(origin) != "*" ? origin : options.AnswerTo(origin)) is { } allowed)
            headers.AccessControlAllowOrigin = allowed;
        if (options.VariesByOrigin) headers.Append("Vary", "Origin");
        if (options.Credentials) headers.AccessControlAllowCredentials = "true";
        if (exposedHeaders.Length > 0) headers.AccessControlExposeHeaders = exposedHeaders;
        if (!HttpMethods.IsOptions(request.Method)) return false;

        WritePreflight(context);
        return true;
    }

    private void WritePreflight(HttpContext context)
    {
        var asked = context.Request.Headers;
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = methods;
        if (allowedHeaders.Length > 0)
        {
            headers.AccessControlAllowHeaders = allowedHeaders;
        }
        else
        {
            headers.Append("Vary", "Access-Control-Request-Headers");
            if (asked.AccessControlRequestHeaders.Count > 0) headers.AccessControlAllowHeaders = asked.AccessControlRequestHeaders;
        }
        if (options.MaxAge is { } age) headers.AccessControlMaxAge = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (asked.ContainsKey(PrivateNetwork) && headers.AccessControlAllowOrigin.Count > 0)
            headers["Access-Control-Allow-Private-Network"] = "true";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
