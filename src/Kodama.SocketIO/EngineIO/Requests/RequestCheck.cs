using Kodama.Server;
using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO;

/// <summary>What a request must be like, in the order in which node looks.</summary>
internal sealed class RequestCheck(EngineServer server, CorsAnswer cors, RequestGuard guard)
{
    /// <summary>What an <c>Origin</c> header says of a page that it does not name.</summary>
    private const string UnknownOrigin = "null";

    /// <summary>Finds the session that the request is for, null for a new one, or says what is wrong.</summary>
    public Refusal? Find(HttpContext context, in RequestQuery query, bool isHandshake, out LiveSession? session)
    {
        session = null;
        var request = context.Request;
        var origin = OriginOf(request, query);
        if (!cors.Allows(origin, request) || (origin is null && IsForeignPage(request)))
        {
            guard.TellForeignOrigin(context, origin);
            return Refusal.Foreign;
        }
        if (TransportOf(query.Transport) is not { } transport)
            return Refusal.Of(EngineError.UnknownTransport, ("transport", query.Transport));
        if (origin is not null && !IsHeaderValue(origin))
            return Refusal.Of(EngineError.BadRequest, ("name", "INVALID_ORIGIN"), ("origin", origin));
        if (query.Sid is { } sid) return FindSession(sid, query, transport, isHandshake, out session);
        // An extended CONNECT (HTTP/2) is what a GET is in HTTP/1.1.
        if (!isHandshake && !HttpMethods.IsGet(request.Method))
            return Refusal.Of(EngineError.BadHandshakeMethod, ("method", request.Method));
        return isHandshake == (transport == EngineTransport.WebSocket)
            ? null
            : Refusal.Of(EngineError.BadRequest, ("name", "TRANSPORT_HANDSHAKE_ERROR"));
    }

    /// <summary>Asks the authenticators, and then the application.</summary>
    public async ValueTask<(AuthenticationResult Result, Refusal? Refusal)> AuthenticateAsync(HttpContext context)
    {
        var result = await guard.DecideAsync(context);
        if (result.IsSuccess && server.Options.AllowRequest is { } allowRequest)
        {
            var allowed = await AskAsync(allowRequest, context);
            result = allowed.IsSuccess ? result.And(allowed) : allowed;
        }
        return (result, result.IsSuccess ? null : Refusal.Forbidden(result.Reason));
    }

    public Refusal? Version(in RequestQuery query) =>
        query.Version == EngineVersion.V4 || server.Options.AllowEIO3
            ? null
            : Refusal.Of(EngineError.UnsupportedVersion, ("protocol", Name(query.Version)));

    /// <summary>The origin of the page that a request comes from, or null for a program.</summary>
    /// <remarks>
    /// A JSONP client gets its answers as scripts, which browsers send without an Origin, and which pages of any origin can read. So there
    /// the page must be known by its Referer.
    /// </remarks>
    private static string? OriginOf(HttpRequest request, in RequestQuery query)
    {
        if (request.Headers.Origin is [{ } origin, ..]) return origin;
        if (query.Jsonp is null) return null;
        return Uri.TryCreate(request.Headers.Referer.ToString(), UriKind.Absolute, out var page)
            ? page.GetLeftPart(UriPartial.Authority)
            : UnknownOrigin;
    }

    /// <summary>
    /// Whether a page of another site sent a request that needs no <c>Origin</c>, such as that for a picture (W3C Fetch Metadata): it
    /// cannot read the answer, but would open a session.
    /// </summary>
    private static bool IsForeignPage(HttpRequest request) =>
        request.Headers.Origin.Count == 0 && request.Headers["Sec-Fetch-Site"] is [{ } site, ..]
            && site.Equals("cross-site", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a header can have this value (RFC 9110 section 5.5).</summary>
    private static bool IsHeaderValue(string origin)
    {
        foreach (var character in origin)
        {
            if (character is (< ' ' and not '\t') or '\x7F' or > '\xFF') return false;
        }
        return true;
    }

    private static string Name(EngineVersion version) => version == EngineVersion.V4 ? "4" : "3";

    private Refusal? FindSession(string sid, in RequestQuery query, EngineTransport transport, bool isHandshake, out LiveSession? session)
    {
        if (!server.Sessions.TryFind(sid, out session)) return Refusal.Of(EngineError.UnknownSid, ("sid", sid));
        if (transport != (isHandshake ? EngineTransport.WebSocket : session.Transport))
        {
            return Refusal.Of(
                EngineError.BadRequest,
                ("name", "TRANSPORT_MISMATCH"), ("transport", transport.Name()), ("previousTransport", session.Transport.Name()));
        }
        if (session.Version == query.Version) return null;
        return Refusal.Of(
            EngineError.BadRequest,
            ("name", "PROTOCOL_MISMATCH"), ("protocol", Name(query.Version)), ("previousProtocol", Name(session.Version)));
    }

    private EngineTransport? TransportOf(string? name) => name switch
    {
        "polling" when server.Options.Polling => EngineTransport.Polling,
        "websocket" when server.Options.WebSockets => EngineTransport.WebSocket,
        _ => null,
    };

    private async ValueTask<AuthenticationResult> AskAsync(
        Func<HttpContext, ValueTask<AuthenticationResult>> allowRequest, HttpContext context)
    {
        try
        {
            return await allowRequest(context);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !context.RequestAborted.IsCancellationRequested)
        {
            EngineLog.AllowRequestFailed(server.Logger, exception);
            return AuthenticationResult.Refuse("");
        }
    }
}
