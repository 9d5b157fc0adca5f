using System.Globalization;
using Kodama.Server;
using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO;

/// <summary>Which web pages of other origins may use a server, and how browsers are told so (the Fetch standard's CORS protocol). The
/// semantics are those of npm's <c>cors</c>, which node's option <c>cors</c> has.</summary>
public sealed class CorsOptions
{
    private Func<string, bool>? allows;
    private string? answer;

    /// <summary>Whether pages may send cookies and credentials. Default false.</summary>
    public bool Credentials { get; set; }

    /// <summary>What preflights answer. Default <c>GET,HEAD,PUT,PATCH,POST,DELETE</c>.</summary>
    public IList<string> Methods { get; } = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"];

    /// <summary>The headers that requests may have. Empty, as is the default: those that a preflight asks for.</summary>
    public IList<string> AllowedHeaders { get; } = [];

    /// <summary>The headers of answers that pages may read. Default none beside the usual.</summary>
    public IList<string> ExposedHeaders { get; } = [];

    /// <summary>How long browsers may remember a preflight's answer; null for their default.</summary>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>Allows pages of one origin such as <c>https://app.example</c>, or of any with <c>*</c>, and tells all of them so.</summary>
    public CorsOptions WithOrigin(string origin)
    {
        ArgumentException.ThrowIfNullOrEmpty(origin);
        answer = origin;
        allows = origin == "*" ? static _ => true : requested => requested == origin;
        return this;
    }

    /// <summary>Allows pages of these origins; each is told of itself only.</summary>
    public CorsOptions WithOrigins(params string[] origins)
    {
        ArgumentNullException.ThrowIfNull(origins);
        string[] copy = [.. origins];
        return WithOrigins(requested => Array.IndexOf(copy, requested) >= 0 || Array.IndexOf(copy, "*") >= 0);
    }

    /// <summary>Allows pages of the origins that a predicate admits, asked by several threads; each is told of itself only.</summary>
    public CorsOptions WithOrigins(Func<string, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        answer = null;
        allows = predicate;
        return this;
    }

    /// <summary>Allows all pages there are: whatever anyone on the server's network opens can then reach it.</summary>
    public CorsOptions WithAnyOrigin() => WithOrigin("*");

    internal void Validate()
    {
        foreach (var value in (IEnumerable<string?>)[answer, .. Methods, .. AllowedHeaders, .. ExposedHeaders])
            EngineOptions.Require(!value.AsSpan().ContainsAny("\r\n"), $"Cors has \"{value}\"; a header's value holds no line end.");
        EngineOptions.Require(MaxAge is null || MaxAge >= TimeSpan.Zero, $"Cors.MaxAge is {MaxAge}; it cannot be negative.");
    }

    internal bool Allows(string origin) => allows is not null && allows(origin);

    /// <summary>Writes what any answer has. True, when that is all: the request was a preflight.</summary>
    internal bool Write(HttpContext context, RequestGuard guard)
    {
        var asked = context.Request.Headers;
        string? origin = asked.Origin is [{ } from, ..] ? from : null;
        var isGuards = origin is not null && guard.IsOriginConfigured(origin);
        if (allows is null && !isGuards) return false;

        var headers = context.Response.Headers;
        var own = isGuards || (origin is not null && Allows(origin)) ? origin : null;
        if ((isGuards && answer != "*" ? own : answer ?? own) is { } told) headers.AccessControlAllowOrigin = told;
        // As node does for one origin, too.
        if (answer != "*") headers.Append("Vary", "Origin");
        if (Credentials) headers.AccessControlAllowCredentials = "true";
        if (ExposedHeaders.Count > 0) headers.AccessControlExposeHeaders = string.Join(',', ExposedHeaders);
        if (!HttpMethods.IsOptions(context.Request.Method)) return false;

        headers.AccessControlAllowMethods = string.Join(',', Methods);
        if (AllowedHeaders.Count > 0)
        {
            headers.AccessControlAllowHeaders = string.Join(',', AllowedHeaders);
        }
        else
        {
            headers.Append("Vary", "Access-Control-Request-Headers");
            if (asked.AccessControlRequestHeaders.Count > 0) headers.AccessControlAllowHeaders = asked.AccessControlRequestHeaders;
        }
        if (MaxAge is { } age) headers.AccessControlMaxAge = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (asked.ContainsKey("Access-Control-Request-Private-Network") && headers.AccessControlAllowOrigin.Count > 0)
            headers["Access-Control-Allow-Private-Network"] = "true";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
