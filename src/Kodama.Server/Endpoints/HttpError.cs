using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>The body of every refusal: <c>{"error":{"code","message","statusCode"}}</c>, as <c>local_websocket</c> has it.</summary>
internal sealed record HttpError(string Code, string Message, int StatusCode)
{
    public Task WriteAsync(HttpContext context) => WriteAsync(context, StatusCode, Code, Message);

    public static Task WriteAsync(HttpContext context, int statusCode, string code, string message)
    {
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(context.Response.Body, new HttpErrorBody(new(code, message, statusCode)), ApiJson.Types.HttpErrorBody, context.RequestAborted);
    }
}

internal sealed record HttpErrorBody(HttpError Error);
