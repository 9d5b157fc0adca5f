using Kodama.Server;
using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO;

/// <summary>Requests to a server's path: checked in node's order, and taken to their session (docs/specs/socketio.md).</summary>
internal sealed class EngineEndpoint(EngineServer server, CorsAnswer cors, RequestGuard guard, HandOver handOver, KodamaMetrics metrics)
{
    private readonly RequestCheck check = new(server, cors, guard);

    public Task HandleAsync(HttpContext context)
    {
        if (server.Options.AddTrailingSlash && !context.Request.Path.Value!.EndsWith('/'))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
        if (guard.Check(context) is { } error)
        {
            var isForeign = error.StatusCode == StatusCodes.Status403Forbidden;
            var refused = isForeign ? Refusal.Foreign : Refusal.Of(EngineError.BadRequest, error.Message);
            return RefuseAsync(context, refused, isForeign ? "host" : "request");
        }
        if (cors.Write(context)) return Task.CompletedTask;

        var query = RequestQuery.Of(context.Request);
        var isHandshake = UpgradeRequest.IsWebSocket(context);
        if (check.Find(context, query, isHandshake, out var session) is { } refusal) return RefuseAsync(context, refusal, "request");
        return session is not null ? ContinueAsync(context, query, session, isHandshake) : OpenAsync(context, query, isHandshake);
    }

    private Task ContinueAsync(HttpContext context, in RequestQuery query, LiveSession session, bool isHandshake)
    {
        if (isHandshake) return ShakeHandsAsync(context, session, isProbe: true);
        if (session.Polling is not { } polling) return RefuseAsync(context, Refusal.Of(EngineError.BadRequest), "request");
        if (HttpMethods.IsGet(context.Request.Method)) return polling.GetAsync(context, query.Jsonp);
        if (HttpMethods.IsPost(context.Request.Method)) return polling.PostAsync(context);
        return RefuseAsync(context, Refusal.Of(EngineError.BadRequest), "method");
    }

    private async Task OpenAsync(HttpContext context, RequestQuery query, bool isHandshake)
    {
        var (authenticated, refusal) = await check.AuthenticateAsync(context);
        refusal ??= check.Version(query);
        refusal ??= server.Sessions.Reserve(RemoteAddress.Of(context));
        if (refusal is { } refused)
        {
            await RefuseAsync(context, refused, "session");
            return;
        }
        // From here on the session holds its reservation, and its end gives it back.
        var session = new LiveSession(
            server, query.Version, HandshakeRequest.Of(context, authenticated, server.Time.GetUtcNow(), server.Options.KeepHeaders));
        if (isHandshake) await ShakeHandsAsync(context, session, isProbe: false);
        else await PollAsync(context, query, session);
    }

    private async Task PollAsync(HttpContext context, RequestQuery query, LiveSession session)
    {
        var polling = new PollingTransport(server, session, query.Jsonp is not null, takesBytes: !query.IsText);
        try
        {
            session.Begin(polling);
        }
        catch
        {
            session.End(EngineCloseReason.TransportError);
            throw;
        }
        TellOpening(context, session);
        await polling.GetAsync(context, query.Jsonp);
    }

    /// <summary>To a session that begins on a WebSocket, or one on polling that is to move there.</summary>
    private async Task ShakeHandsAsync(HttpContext context, LiveSession session, bool isProbe)
    {
        if (UpgradeRequest.TryRead(context, out var upgrade) is { } failure)
        {
            if (!isProbe) session.End(EngineCloseReason.TransportError);
            UpgradeRequest.TellWhatIsSpoken(context.Response, failure);
            await RefuseAsync(context, Refusal.Of(EngineError.BadRequest, failure.Message), "handshake");
            return;
        }
        if (!isProbe) TellOpening(context, session);
        server.TellHeaders(context);
        upgrade.TryAcceptDeflate(server.Options.PerMessageDeflate, out var deflate);
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
        if (server.Options.Cookie is { } cookie) context.Response.Headers.SetCookie = cookie.For(session.Id);
        server.TellInitialHeaders(context);
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal, string stage)
    {
        metrics.Refused(stage);
        EngineLog.Refused(server.Logger, RemoteAddress.Of(context), refusal.Message ?? refusal.Text);
        server.TellRefused(context, refusal);
        return UpgradeRequest.IsWebSocket(context) ? refusal.WriteToHandshakeAsync(context) : refusal.WriteAsync(context);
    }
}
