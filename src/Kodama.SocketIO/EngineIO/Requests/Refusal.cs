using System.Collections.ObjectModel;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kodama.SocketIO;

/// <summary>Why a request is refused: the <c>code</c> of its JSON body, as engine.io clients know it.</summary>
internal enum EngineError : byte
{
    UnknownTransport = 0,
    UnknownSid = 1,
    BadHandshakeMethod = 2,
    BadRequest = 3,
    Forbidden = 4,
    UnsupportedVersion = 5,
}

/// <summary>Why a request gets no session, or nothing from one, as it is told to the client.</summary>
internal readonly record struct Refusal
{
    private Refusal(EngineError? error, int status, string? message)
    {
        Error = error;
        Status = status;
        Message = string.IsNullOrEmpty(message) ? null : message;
    }

    /// <summary>The <c>Host</c> or <c>Origin</c> is none of the hub's.</summary>
    public static Refusal Foreign { get; } = new(EngineError.Forbidden, StatusCodes.Status403Forbidden, null) { IsForeign = true };

    /// <summary>Null for an answer without a body.</summary>
    public EngineError? Error { get; }

    public int Status { get; }

    /// <summary>The application's own; null for node's text.</summary>
    public string? Message { get; }

    /// <summary>What was wrong, for the program (<see cref="ConnectionError.Context"/>).</summary>
    public IReadOnlyDictionary<string, string> Context { get; private init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Node's text.</summary>
    public string Text => Error switch
    {
        EngineError.UnknownTransport => "Transport unknown",
        EngineError.UnknownSid => "Session ID unknown",
        EngineError.BadHandshakeMethod => "Bad handshake method",
        EngineError.BadRequest => "Bad request",
        EngineError.Forbidden => "Forbidden",
        EngineError.UnsupportedVersion => "Unsupported protocol version",
        _ => "",
    };

    private bool IsForeign { get; init; }

    /// <summary>403 for what the application refused, 400 for all else.</summary>
    public static Refusal Of(EngineError error, string? message = null) =>
        new(error, error == EngineError.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest, message);

    /// <summary>With what was wrong, in node's words.</summary>
    public static Refusal Of(EngineError error, params ReadOnlySpan<(string Name, string? Value)> context)
    {
        var told = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in context) told[name] = value ?? "";
        return Of(error) with { Context = told };
    }

    /// <summary>The authenticators or the application refuse.</summary>
    public static Refusal Forbidden(string? message) => Of(EngineError.Forbidden, message) with { Context = Told(message) };

    /// <summary>The server cannot take more, or stops: not the client's fault.</summary>
    public static Refusal Unavailable(string message) =>
        new(EngineError.Forbidden, StatusCodes.Status503ServiceUnavailable, message) { Context = Told(message) };

    /// <summary>A status alone.</summary>
    public static Refusal Empty(int status) => new(null, status, null);

    /// <summary>Answers a request of polling: <c>{"code":n,"message":"..."}</c>.</summary>
    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        if (Error is not { } error)
        {
            response.ContentLength = 0;
            return Task.CompletedTask;
        }
        var text = Encoding.UTF8.GetBytes(Message ?? Text);
        var message = new byte[JsonText.EscapedSize(text)];
        JsonText.Escape(text, message);
        response.ContentType = "application/json";
        return WriteAsync(context, [.. "{\"code\":"u8, (byte)('0' + (int)error), .. ",\"message\":\""u8, .. message, .. "\"}"u8]);
    }

    /// <summary>Answers a WebSocket handshake: with the text alone, and with 400 for what the application refuses, too.</summary>
    public Task WriteToHandshakeAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status == StatusCodes.Status403Forbidden && !IsForeign ? StatusCodes.Status400BadRequest : Status;
        response.ContentType = "text/html";
        // HTTP/2 has no such header: a stream is over by itself.
        if (context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true }) response.Headers.Connection = "close";
        return WriteAsync(context, Encoding.UTF8.GetBytes(Message ?? Text));
    }

    private static Dictionary<string, string> Told(string? message) => new(StringComparer.Ordinal) { ["message"] = message ?? "" };

    private static Task WriteAsync(HttpContext context, byte[] body)
    {
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
