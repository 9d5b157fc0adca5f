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
/// <param name="error">Null for an answer without a body.</param>
/// <param name="status">HTTP's.</param>
/// <param name="message">The application's own; null or empty for node's.</param>
internal sealed class Refusal(EngineError? error, int status, string? message = null)
{
    /// <summary>The <c>Host</c> or <c>Origin</c> is none of the hub's.</summary>
    public static readonly Refusal Foreign = new(EngineError.Forbidden, StatusCodes.Status403Forbidden);

    // Node's, by code.
    private static readonly string[] Texts =
        ["Transport unknown", "Session ID unknown", "Bad handshake method", "Bad request", "Forbidden", "Unsupported protocol version"];

    public string Message => string.IsNullOrEmpty(message) ? Text : message;

    private string Text => error is { } code ? Texts[(int)code] : "";

    private (string Name, string? Value)[] Context { get; init; } = [];

    private int? HandshakeStatus { get; init; }

    /// <summary>What the hub's guard finds wrong with any request; null for nothing.</summary>
    public static Refusal? Of(HttpError? error) => error?.StatusCode switch
    {
        null => null,
        StatusCodes.Status403Forbidden => Foreign,
        _ => Of(EngineError.BadRequest, error.Message),
    };

    public static Refusal Of(EngineError error, string? message = null) => new(error, StatusCodes.Status400BadRequest, message);

    /// <summary>With what was wrong, in node's words.</summary>
    public static Refusal Of(EngineError error, params (string Name, string? Value)[] context) =>
        new(error, StatusCodes.Status400BadRequest) { Context = context };

    /// <summary>The authenticators or the application refuse.</summary>
    public static Refusal Forbidden(string? message) => new(EngineError.Forbidden, StatusCodes.Status403Forbidden, message)
    {
        HandshakeStatus = StatusCodes.Status400BadRequest,
        Context = [("message", message)],
    };

    /// <summary>The server cannot take more, or stops: not the client's fault.</summary>
    public static Refusal Unavailable(string message) =>
        new(EngineError.Forbidden, StatusCodes.Status503ServiceUnavailable, message) { Context = [("message", message)] };

    /// <summary>For the program; null, where the client is told a status alone.</summary>
    public ConnectionError? ToError(HttpContext context) => error is { } code
        ? new(context, (int)code, Text, Context.ToDictionary(told => told.Name, told => told.Value ?? "", StringComparer.Ordinal))
        : null;

    /// <summary>Answers polling by <c>{"code":n,"message":"..."}</c>, and a WebSocket handshake by the message alone.</summary>
    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        byte[] body = Encoding.UTF8.GetBytes(Message);
        response.StatusCode = status;
        if (UpgradeRequest.IsWebSocket(context))
        {
            response.StatusCode = HandshakeStatus ?? status;
            response.ContentType = "text/html";
            HttpError.EndConnection(context);
        }
        else if (error is { } code)
        {
            var escaped = new byte[JsonQuote.EscapedSize(body)];
            JsonQuote.Escape(body, escaped);
            response.ContentType = "application/json";
            body = [.. "{\"code\":"u8, (byte)('0' + (int)code), .. ",\"message\":\""u8, .. escaped, .. "\"}"u8];
        }
        response.ContentLength = body.Length;
        return body.Length == 0 ? Task.CompletedTask : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
