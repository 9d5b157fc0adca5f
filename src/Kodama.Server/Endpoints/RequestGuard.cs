using Kodama.Server.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>What stands before the endpoints: Host, Origin and CORS, then the authenticators.</summary>
internal sealed class RequestGuard
{
    private const string HostNotAllowed = "HOST_NOT_ALLOWED";

    private static readonly HttpError ForeignToAdmin = new(
        "ORIGIN_NOT_ALLOWED", "Only the hub's own pages, and programs, may use /api/admin.", StatusCodes.Status403Forbidden);

    private readonly RequestHost host;
    private readonly RequestOrigin origin;
    private readonly KodamaMetrics metrics;
    private readonly RefusalNotices notices;
    private readonly AdminAccess admin;
    private readonly IAuthenticator? beyondToken;
    private readonly ILogger logger;

    public RequestGuard(
        KodamaOptions options, PersonTokens tokens, AdminAccess admin, KodamaMetrics metrics, RefusalNotices notices,
        HubNeighbours neighbours, ILogger<RequestGuard> logger)
    {
        host = new RequestHost(options);
        origin = new RequestOrigin(options, neighbours);
        this.admin = admin;
        this.metrics = metrics;
        this.notices = notices;
        this.logger = logger;
        IAuthenticator[] beyond = [.. options.Authenticators];
        beyondToken = AllOf(beyond);
        IsTokenRequired = options.Token is not null || tokens.AreTaken;
        Authenticator = IsTokenRequired ? AllOf([new EitherToken(options.Token, tokens), .. beyond]) : beyondToken;
    }

    /// <summary>Whether the hub asks for a token: its own, or one of a person.</summary>
    public bool IsTokenRequired { get; }

    /// <summary>All that were configured, or null when anyone may come in.</summary>
    public IAuthenticator? Authenticator { get; }

    /// <summary>An endpoint that anyone may read from anywhere that the hub may be addressed by.</summary>
    public RequestDelegate Open(RequestDelegate next) =>
        context => Check(context) is { } error ? RefuseAsync(context, error) : next(context);

    /// <summary>An endpoint of the API that tells anyone.</summary>
    public RequestDelegate PublicApi(RequestDelegate next) => Api((context, _) => next(context), authenticates: false);

    /// <summary>An endpoint that stays open, and takes a place that others want: for web pages of allowed origins only.</summary>
    public RequestDelegate Stream(Func<HttpContext, AuthenticationResult, Task> next) => Api(next, isForAllPages: false);

    /// <summary>An endpoint for whom the authenticators let in, and for web pages of allowed origins only if it changes
    /// something.</summary>
    public RequestDelegate Api(
        Func<HttpContext, AuthenticationResult, Task> next, bool authenticates = true, bool isForAllPages = true) => async context =>
    {
        if ((Check(context) ?? CheckOrigin(context, isForAllPages)) is { } error)
        {
            await RefuseAsync(context, error);
        }
        else if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else if (!authenticates)
        {
            await next(context, AuthenticationResult.Success);
        }
        else if (admin.Find(context) is { } known)
        {
            await next(context, known);
        }
        else if (await AuthenticateAsync(context) is { } authenticated)
        {
            await next(context, authenticated);
        }
    };

    /// <summary>An endpoint for whoever brings the admin token, by a program or the hub's own pages.</summary>
    public RequestDelegate Admin(RequestDelegate next) => context =>
    {
        if (Check(context) is { } error) return RefuseAsync(context, error);
        if (!RequestOrigin.IsOwn(context.Request)) return RefuseAsync(context, ForeignToAdmin);
        if (admin.Refuse(context) is not { } refused) return next(context);
        metrics.Refused("admin");
        notices.Admin(refused.Message, RemoteAddress.Of(context));
        if (refused.StatusCode == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        return refused.WriteAsync(context);
    };

    /// <summary>Whether Host and Origin may shake hands here; if not, the refusal is written.</summary>
    public async ValueTask<bool> AllowsHandshakeAsync(HttpContext context)
    {
        var error = Check(context) ?? (origin.IsAllowed(context.Request) ? null : ForeignOrigin(context));
        if (error is null) return true;
        await RefuseAsync(context, error);
        return false;
    }

    /// <summary>
    /// The same for a request of a door's own, which pages of configured origins may send and read, whatever headers it has. False also for
    /// a preflight, which is answered.
    /// </summary>
    public async ValueTask<bool> AllowsPagesAsync(HttpContext context, string exposedHeaders)
    {
        if (!await AllowsHandshakeAsync(context)) return false;
        var (asked, answer) = (context.Request.Headers, context.Response.Headers);
        if (asked.Origin is [{ } from] && origin.IsConfigured(from))
        {
            answer.AccessControlAllowOrigin = from;
            answer.AccessControlAllowCredentials = "true";
            answer.Vary = "Origin";
            answer.AccessControlAllowMethods = asked.AccessControlRequestMethod;
            answer.AccessControlAllowHeaders = asked.AccessControlRequestHeaders;
            answer.AccessControlExposeHeaders = exposedHeaders;
            if (asked.ContainsKey("Access-Control-Request-Private-Network")) answer["Access-Control-Allow-Private-Network"] = "true";
        }
        if (!HttpMethods.IsOptions(context.Request.Method)) return true;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return false;
    }

    /// <summary>What the authenticators say; null when they refuse, and the refusal is written.</summary>
    /// <param name="context">The request.</param>
    /// <param name="hasToken">Whether the hub's token is not asked for, as the client has shown another.</param>
    public async ValueTask<AuthenticationResult?> AuthenticateAsync(HttpContext context, bool hasToken = false)
    {
        var result = await DecideAsync(context, hasToken);
        if (result.IsSuccess) return result;
        if (result.StatusCode == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        await HttpError.WriteAsync(context, result.StatusCode, "AUTHENTICATION_FAILED", result.Reason);
        return null;
    }

    /// <summary>What the authenticators say, for whoever writes a refusal in a form of its own.</summary>
    public async ValueTask<AuthenticationResult> DecideAsync(HttpContext context, bool hasToken = false)
    {
        if ((hasToken ? beyondToken : Authenticator) is not { } asked) return AuthenticationResult.Success;
        AuthenticationResult result;
        try
        {
            result = await asked.AuthenticateAsync(context, context.RequestAborted);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !context.RequestAborted.IsCancellationRequested)
        {
            ServerLog.AuthenticatorFailed(logger, exception);
            result = AuthenticationResult.Refuse("The hub failed to authenticate the request.", StatusCodes.Status500InternalServerError);
        }
        if (result.IsSuccess) return result;
        metrics.Refused("authentication");
        notices.Authentication(result.Reason, RemoteAddress.Of(context));
        return result;
    }

    /// <summary>Whether the hub's own pages, as the request addresses it, or allowed ones have this origin.</summary>
    public bool IsOriginAllowed(string from, HttpRequest request) => origin.IsAllowed(from, request);

    /// <summary>Whether the origin was allowed by option.</summary>
    public bool IsOriginConfigured(string from) => origin.IsConfigured(from);

    /// <summary>A page of this origin was refused; null, where its browser does not name it.</summary>
    public void TellForeignOrigin(HttpContext context, string? from) => notices.Origin(from, RemoteAddress.Of(context));

    /// <summary>
    /// What is wrong with a request before anything in it is heeded: headers of which there is one, and the name by which it addresses the
    /// hub. Null for nothing. Writes the headers of every answer.
    /// </summary>
    public HttpError? Check(HttpContext context)
    {
        ServerHeader.Write(context.Response);
        if (SingleHeaders.FindRepeated(context.Request.Headers) is { } name)
            return new("REPEATED_HEADER", $"{name} is there more than once: send it once.", StatusCodes.Status400BadRequest);
        if (host.IsAllowed(context.Request)) return null;
        var asked = RequestHost.Of(context.Request).Host;
        notices.Host(asked, RemoteAddress.Of(context));
        return new(
            HostNotAllowed,
            $"This hub is not addressed as \"{asked}\": "
                + "use its IP address or a .local name, or allow the name (--allowed-host, AllowedHosts).",
            StatusCodes.Status403Forbidden);
    }

    private HttpError? CheckOrigin(HttpContext context, bool isForAllPages)
    {
        if (context.Request.Headers.Origin is [{ } from] && origin.IsConfigured(from))
        {
            var answer = context.Response.Headers;
            answer.AccessControlAllowOrigin = from;
            answer.Vary = "Origin";
            answer.AccessControlAllowMethods = "GET, HEAD, POST, PUT, DELETE";
            answer.AccessControlAllowHeaders = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID";
            answer.AccessControlExposeHeaders = "ETag, Link, Retry-After";
            if (context.Request.Headers.ContainsKey("Access-Control-Request-Private-Network"))
                answer["Access-Control-Allow-Private-Network"] = "true";
            return null;
        }
        // What another page's browser fetches it does not let that page read.
        var reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        return (reads && isForAllPages) || origin.IsAllowed(context.Request) ? null : ForeignOrigin(context);
    }

    private HttpError ForeignOrigin(HttpContext context)
    {
        var origin = context.Request.Headers.Origin is [{ } named, ..] ? named : null;
        TellForeignOrigin(context, origin);
        var pages = origin is null ? "another host" : $"\"{origin}\"";
        var message = $"Pages of {pages} may not use this hub: allow the origin (--origin, AllowedOrigins).";
        return new("ORIGIN_NOT_ALLOWED", message, StatusCodes.Status403Forbidden);
    }

    private static IAuthenticator? AllOf(IAuthenticator[] all) => all.Length == 0 ? null : Kodama.Server.Authenticator.AllOf(all);

    private Task RefuseAsync(HttpContext context, HttpError error)
    {
        metrics.Refused(error.Code switch
        {
            HostNotAllowed => "host",
            "ORIGIN_NOT_ALLOWED" => "origin",
            _ => "request",
        });
        return error.Code == HostNotAllowed && PersonPage.IsFor(context.Request)
            ? ForeignHostPage.WriteAsync(context)
            : error.WriteAsync(context);
    }
}
