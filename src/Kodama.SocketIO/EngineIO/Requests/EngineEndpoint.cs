using Kodama.Server;
using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO;

/// <summary>Requests to a server's path: checked in node's order, and taken to their session (docs/specs/socketio.md).</summary>
internal sealed class EngineEndpoint(EngineServer server, RequestGuard guard, HandOver handOver, KodamaMetrics metrics)
{
    private readonly EngineOptions options = server.Options;

    public Task HandleAsync(HttpContext context)
    {
        if (options.AddTrailingSlash && !context.Request.Path.Value!.EndsWith('/'))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
        if (Refusal.Of(guard.Check(context)) is { } guarded)
            return RefuseAsync(context, guarded, guarded == Refusal.Foreign ? "host" : "request");
        if (options.Cors.Write(context, guard)) return Task.CompletedTask;

        var query = RequestQuery.Of(context.Request);
        var isHandshake = UpgradeRequest.IsWebSocket(context);
        if (Check(context, query, isHandshake, out var session) is { } refusal) return RefuseAsync(context, refusal);
        if (session is null) return OpenAsync(context, query, isHandshake);
        if (isHandshake) return ShakeHandsAsync(context, session, isProbe: true);
        if (session.Polling is not { } polling) return RefuseAsync(context, Refusal.Of(EngineError.BadRequest));
        if (HttpMethods.IsGet(context.Request.Method)) return polling.GetAsync(context, query.Jsonp);
        if (HttpMethods.IsPost(context.Request.Method)) return polling.PostAsync(context);
        return RefuseAsync(context, Refusal.Of(EngineError.BadRequest), "method");
    }

    /// <summary>The origin of the page that a request comes from, or null for a program. JSONP's answers are scripts, which are asked for
    /// without an Origin, and which pages of any origin can read: there the page must be known by its Referer.</summary>
    private static string? OriginOf(HttpRequest request, in RequestQuery query)
    {
        if (request.Headers.Origin is [{ } origin, ..]) return origin;
        if (query.Jsonp is null) return null;
        // As an Origin says of a page that it does not name.
        if (!Uri.TryCreate($"{request.Headers.Referer}", UriKind.Absolute, out var page)) return "null";
        return page.GetLeftPart(UriPartial.Authority);
    }

    /// <summary>Whether a page of another site asks without an Origin, as for a picture (W3C Fetch Metadata).</summary>
    private static bool IsForeignPage(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] is [{ } site, ..] && site.Equals("cross-site", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a header can have this value (RFC 9110 section 5.5).</summary>
    private static bool IsHeaderValue(string origin) =>
        origin.All(character => character is '\t' or (>= ' ' and <= '\xFF' and not '\x7F'));

    /// <summary>Finds the session that the request is for, null for a new one, or says what is wrong.</summary>
    private Refusal? Check(HttpContext context, in RequestQuery query, bool isHandshake, out LiveSession? session)
    {
        session = null;
        var request = context.Request;
        var origin = OriginOf(request, query);
        if (origin is null ? IsForeignPage(request) : !guard.IsOriginAllowed(origin, request) && !options.Cors.Allows(origin))
        {
            guard.TellForeignOrigin(context, origin);
            return Refusal.Foreign;
        }
        var isEnabled = query.Transport switch
        {
            EngineTransport.Polling => options.Polling,
            EngineTransport.WebSocket => options.WebSockets,
            _ => false,
        };
        if (!isEnabled) return Refusal.Of(EngineError.UnknownTransport, ("transport", query.Transport));
        if (origin is not null && !IsHeaderValue(origin))
            return Refusal.Of(EngineError.BadRequest, ("name", "INVALID_ORIGIN"), ("origin", origin));
        if (query.Sid is { } sid)
        {
            return server.Sessions.TryFind(sid, out session)
                ? CheckFits(session, query, isHandshake)
                : Refusal.Of(EngineError.UnknownSid, ("sid", sid));
        }
        // An extended CONNECT (HTTP/2) is what a GET is in HTTP/1.1.
        if (!isHandshake && !HttpMethods.IsGet(request.Method))
            return Refusal.Of(EngineError.BadHandshakeMethod, ("method", request.Method));
        return isHandshake == (query.Transport == EngineTransport.WebSocket)
            ? null
            : Refusal.Of(EngineError.BadRequest, ("name", "TRANSPORT_HANDSHAKE_ERROR"));
    }

    private static Refusal? CheckFits(LiveSession session, in RequestQuery query, bool isHandshake)
    {
        if (query.Transport != (isHandshake ? EngineTransport.WebSocket : session.Transport))
        {
            return Refusal.Of(
                EngineError.BadRequest,
                ("name", "TRANSPORT_MISMATCH"), ("transport", query.Transport), ("previousTransport", session.Transport));
        }
        return session.Version == query.Version ? null : Refusal.Of(
            EngineError.BadRequest,
            ("name", "PROTOCOL_MISMATCH"), ("protocol", $"{query.Version:d}"), ("previousProtocol", $"{session.Version:d}"));
    }

    private async Task OpenAsync(HttpContext context, RequestQuery query, bool isHandshake)
    {
        var authenticated = await AuthenticateAsync(context);
        var refusal = !authenticated.IsSuccess ? Refusal.Forbidden(authenticated.Reason)
            : query.Version == EngineVersion.V3 && !options.AllowEIO3 ? Refusal.Of(EngineError.UnsupportedVersion, ("protocol", "3"))
            : server.Sessions.Reserve(RemoteAddress.Of(context));
        if (refusal is not null)
        {
            await RefuseAsync(context, refusal, "session");
            return;
        }
        // From here on the session holds its reservation, and its end gives it back.
        var session = new LiveSession(
            server, query.Version, HandshakeRequest.Of(context, authenticated, server.Time.GetUtcNow(), options.KeepHeaders));
        try
        {
            if (isHandshake)
            {
                await ShakeHandsAsync(context, session, isProbe: false);
                return;
            }
            var polling = new PollingTransport(server, session, query.Jsonp is not null, takesBytes: !query.IsText);
            session.Begin(polling);
            TellOpening(context, session);
            await polling.GetAsync(context, query.Jsonp);
        }
        catch
        {
            session.End(DisconnectReason.TransportError);
            throw;
        }
    }

    private async ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context)
    {
        var result = await guard.DecideAsync(context);
        if (!result.IsSuccess || options.AllowRequest is not { } allowRequest) return result;
        try
        {
            var allowed = await allowRequest(context);
            return allowed.IsSuccess ? result.And(allowed) : allowed;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !context.RequestAborted.IsCancellationRequested)
        {
            EngineLog.AllowRequestFailed(server.Logger, exception);
            return AuthenticationResult.Refuse("");
        }
    }

    private async Task ShakeHandsAsync(HttpContext context, LiveSession session, bool isProbe)
    {
        if (UpgradeRequest.TryRead(context, out var upgrade) is { } failure)
        {
            if (!isProbe) session.End(DisconnectReason.TransportError);
            UpgradeRequest.TellWhatIsSpoken(context.Response, failure);
            await RefuseAsync(context, Refusal.Of(EngineError.BadRequest, failure.Message), "handshake");
            return;
        }
        if (!isProbe) TellOpening(context, session);
        server.TellHeaders(context);
        upgrade.TryAcceptDeflate(options.PerMessageDeflate, out var deflate);
        var transport = new WebSocketTransport(server, session, deflate, isProbe);
        await handOver.RunAsync(context, upgrade, transport.Connect, _ =>
        {
            if (!isProbe) session.Begin(transport);
            // As in node it is accepted, and closed.
            else if (session.Polling?.TryProbe(transport) != true) transport.Close();
            return default;
        });
    }

    private void TellOpening(HttpContext context, LiveSession session)
    {
        if (options.Cookie is { } cookie) context.Response.Headers.SetCookie = cookie.For(session.Id);
        server.TellInitialHeaders(context);
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal, string stage = "request")
    {
        metrics.Refused(stage);
        EngineLog.Refused(server.Logger, RemoteAddress.Of(context), refusal.Message);
        server.TellRefused(context, refusal);
        return refusal.WriteAsync(context);
    }
}
