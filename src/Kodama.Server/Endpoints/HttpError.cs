using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>The body of every refusal: <c>{"error":{"code","message","statusCode"}}</c>, as <c>local_websocket</c> has it.</summary>
internal sealed record HttpError(string Code, string Message, int StatusCode)
{
    public static readonly HttpError Stopping = new(
        "HUB_STOPPING", "The hub is stopping; try again later.", StatusCodes.Status503ServiceUnavailable);

    public static readonly HttpError TooManyRooms = new(
        "TOO_MANY_ROOMS", "The hub has as many rooms as it may: try again later.", StatusCodes.Status503ServiceUnavailable)
    {
        RetryAfter = "1",
    };

    /// <summary>In how many seconds another try may succeed, where that is known.</summary>
    [JsonIgnore]
    public string? RetryAfter { get; init; }

    public static HttpError Unavailable(string room) => new(
        "UNAVAILABLE", $"What is kept of room {room} cannot be read now: try again later.", StatusCodes.Status503ServiceUnavailable)
    {
        RetryAfter = "1",
    };

    public Task WriteAsync(HttpContext context)
    {
        if (RetryAfter is not null) context.Response.Headers.RetryAfter = RetryAfter;
        return WriteAsync(context, StatusCode, Code, Message);
    }

    /// <summary>Nothing that follows on its connection is read as another request: the rest of a body, or what was meant for a
    /// WebSocket.</summary>
    public static void EndConnection(HttpContext context)
    {
        // Later versions have no such header: a stream is over by itself.
        if (HttpProtocol.IsHttp11(context.Request.Protocol)) context.Response.Headers.Connection = "close";
    }

    public static Task WriteAsync(HttpContext context, int statusCode, string code, string message)
    {
        // Its client may have sent frames already, which are no requests.
        if (UpgradeRequest.NamesWebSocket(context.Request)) EndConnection(context);
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(
            context.Response.Body, new HttpErrorBody(new(code, message, statusCode)), ApiJson.Types.HttpErrorBody, context.RequestAborted);
    }
}

internal sealed record HttpErrorBody(HttpError Error);
