using Kodama.Server;
using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO;

/// <summary>What a request must be like, in the order in which node looks.</summary>
internal sealed class RequestCheck(EngineServer server, CorsAnswer cors, RequestGuard guard)
{
    /// <summary>Finds the session that the request is for, null for a new one, or says what is wrong.</summary>
    public Refusal? Find(HttpContext context, in RequestQuery query, bool isHandshake, out LiveSession? session)
    {
        session = null;
        var request = context.Request;
        var origin = RequestSource.Of(request, query);
        if (!cors.Allows(origin, request) || (origin is null && RequestSource.IsForeignPage(request)))
        {
            guard.TellForeignOrigin(context, origin);
            return Refusal.Foreign;
        }
        if (TransportOf(query.Transport) is not { } transport) return Refusal.Of(EngineError.UnknownTransport);
        if (origin is not null && !RequestSource.IsValid(origin)) return Refusal.Of(EngineError.BadRequest);
        if (query.Sid is { } sid)
        {
            if (!server.Sessions.TryFind(sid, out session)) return Refusal.Of(EngineError.UnknownSid);
            var fits = isHandshake ? transport == EngineTransport.WebSocket : transport == session.Transport;
            return fits && session.Version == query.Version ? null : Refusal.Of(EngineError.BadRequest);
        }
        // An extended CONNECT (HTTP/2) is what a GET is in HTTP/1.1.
        if (!isHandshake && !HttpMethods.IsGet(request.Method)) return Refusal.Of(EngineError.BadHandshakeMethod);
        return isHandshake == (transport == EngineTransport.WebSocket) ? null : Refusal.Of(EngineError.BadRequest);
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
        return (result, result.IsSuccess ? null : Refusal.Of(EngineError.Forbidden, result.Reason));
    }

    public Refusal? Version(in RequestQuery query) =>
        query.Version == EngineVersion.V4 || server.Options.AllowEIO3 ? null : Refusal.Of(EngineError.UnsupportedVersion);

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
