using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kodama.SocketIO;

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

    private bool IsForeign { get; init; }

    public static Refusal Of(EngineError error, string? message = null) => new(error, error.Status(), message);

    /// <summary>The server cannot take more, or stops: not the client's fault.</summary>
    public static Refusal Unavailable(string message) => new(EngineError.Forbidden, StatusCodes.Status503ServiceUnavailable, message);

    /// <summary>A status alone.</summary>
    public static Refusal Empty(int status) => new(null, status, null);

    /// <summary>Answers a request of polling.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        if (Error is not { } error)
        {
            PollingResponse.WriteEmpty(context, Status);
            return;
        }
        using var body = new PooledBuffer();
        error.WriteJson(body, Message);
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body.Memory, context.RequestAborted);
    }

    /// <summary>Answers a WebSocket handshake: with the text alone, and with 400 for what the application refuses, too.</summary>
    public async Task WriteToHandshakeAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status == StatusCodes.Status403Forbidden && !IsForeign ? StatusCodes.Status400BadRequest : Status;
        response.ContentType = "text/html";
        // HTTP/2 has no such header: a stream is over by itself.
        if (context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true }) response.Headers.Connection = "close";
        var text = System.Text.Encoding.UTF8.GetBytes(Message ?? Error?.Text() ?? "");
        response.ContentLength = text.Length;
        await response.Body.WriteAsync(text, context.RequestAborted);
    }
}
