using System.Collections.ObjectModel;
using System.Text;
using Kodama.Server;
using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO;

/// <summary>A request that is refused, as <see cref="EngineServer.OnConnectionError"/> is told of it.</summary>
/// <param name="HttpContext">The request. Valid until the handler returns.</param>
/// <param name="Code">Engine.IO's: 0 unknown transport, 1 unknown session, 2 bad method, 3 bad request, 4 forbidden, or no room for more
/// sessions, 5 unsupported version.</param>
/// <param name="Message">Node's text of the code.</param>
/// <param name="Context">What was wrong in particular, under node's names: <c>transport</c>, <c>sid</c>, <c>method</c>, <c>name</c>,
/// <c>message</c>, <c>protocol</c> and so on; may be empty.</param>
public sealed record ConnectionError(HttpContext HttpContext, int Code, string Message, IReadOnlyDictionary<string, string> Context);

/// <summary>Why a request is refused: the <c>code</c> of its JSON body, as engine.io clients know it.</summary>
internal enum EngineError
{
    UnknownTransport,
    UnknownSid,
    BadHandshakeMethod,
    BadRequest,
    Forbidden,
    UnsupportedVersion,
}

/// <summary>Why a request gets no session, or nothing from one, as it is told to the client.</summary>
internal sealed class Refusal
{
    // Node's, by code.
    private static readonly string[] Texts =
        ["Transport unknown", "Session ID unknown", "Bad handshake method", "Bad request", "Forbidden", "Unsupported protocol version"];

    private readonly int status;
    private readonly int handshakeStatus;

    private Refusal(EngineError? error, int status, string? message = null, int? handshakeStatus = null)
    {
        Error = error;
        Text = error is { } code ? Texts[(int)code] : "";
        Message = string.IsNullOrEmpty(message) ? Text : message;
        this.status = status;
        this.handshakeStatus = handshakeStatus ?? status;
    }

    /// <summary>The <c>Host</c> or <c>Origin</c> is none of the hub's.</summary>
    public static Refusal Foreign { get; } = new(EngineError.Forbidden, StatusCodes.Status403Forbidden);

    /// <summary>Null for an answer without a body.</summary>
    public EngineError? Error { get; }

    /// <summary>Node's text.</summary>
    public string Text { get; }

    /// <summary>The application's own, or node's.</summary>
    public string Message { get; }

    /// <summary>What was wrong, for the program (<see cref="ConnectionError.Context"/>).</summary>
    public IReadOnlyDictionary<string, string> Context { get; private init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>What the hub's guard finds wrong with any request; null for nothing.</summary>
    public static Refusal? Of(HttpError? error) => error?.StatusCode switch
    {
        null => null,
        StatusCodes.Status403Forbidden => Foreign,
        _ => Of(EngineError.BadRequest, error.Message),
    };

    public static Refusal Of(EngineError error, string? message = null) => new(error, StatusCodes.Status400BadRequest, message);

    /// <summary>With what was wrong, in node's words.</summary>
    public static Refusal Of(EngineError error, params ReadOnlySpan<(string Name, string? Value)> context) =>
        new(error, StatusCodes.Status400BadRequest) { Context = Told(context) };

    /// <summary>The authenticators or the application refuse.</summary>
    public static Refusal Forbidden(string? message) =>
        new(EngineError.Forbidden, StatusCodes.Status403Forbidden, message, handshakeStatus: StatusCodes.Status400BadRequest)
        {
            Context = Told([("message", message)]),
        };

    /// <summary>The server cannot take more, or stops: not the client's fault.</summary>
    public static Refusal Unavailable(string message) =>
        new(EngineError.Forbidden, StatusCodes.Status503ServiceUnavailable, message) { Context = Told([("message", message)]) };

    /// <summary>A status alone.</summary>
    public static Refusal Empty(int status) => new(null, status);

    /// <summary>Answers a request of polling by <c>{"code":n,"message":"..."}</c>, and a WebSocket handshake by the message
    /// alone.</summary>
    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        byte[] body = Encoding.UTF8.GetBytes(Message);
        if (UpgradeRequest.IsWebSocket(context))
        {
            response.StatusCode = handshakeStatus;
            response.ContentType = "text/html";
            HttpError.EndConnection(context);
        }
        else
        {
            response.StatusCode = status;
            if (Error is { } error)
            {
                var message = new byte[JsonText.EscapedSize(body)];
                JsonText.Escape(body, message);
                response.ContentType = "application/json";
                body = [.. "{\"code\":"u8, (byte)('0' + (int)error), .. ",\"message\":\""u8, .. message, .. "\"}"u8];
            }
        }
        response.ContentLength = body.Length;
        return body.Length == 0 ? Task.CompletedTask : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static Dictionary<string, string> Told(ReadOnlySpan<(string Name, string? Value)> context)
    {
        var told = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in context) told[name] = value ?? "";
        return told;
    }
}
