using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Ably;

/// <summary>The REST API (docs/specs/ably.md, H1 to H5): who asks, what is wanted, and how it is answered.</summary>
internal sealed class RestApi(AblyHub door)
{
    private const string Exposed = "Link, x-ably-errorcode, x-ably-errormessage, x-ably-serverid";

    private static readonly string[] NotHere = ["/stats", "/push/{**rest}", "/sse", "/event-stream", "/comet/{**rest}", "/chat/{**rest}"];

    private readonly ChannelApi channels = new(door);
    private readonly BatchApi batches = new(door);
    private readonly KeyApi keys = new(door);

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.Map("/time", context => HandleAsync(context, Time));
        endpoints.Map("/keys/{**rest}", context => HandleAsync(context, KeysAsync));
        endpoints.Map("/channels", context => HandleAsync(context, channels.HandleAsync));
        endpoints.Map("/channels/{**rest}", context => HandleAsync(context, channels.HandleAsync));
        endpoints.Map("/messages", context => HandleAsync(context, batches.PublishAsync));
        endpoints.Map("/presence", context => HandleAsync(context, batches.PresenceAsync));
        foreach (var path in NotHere) endpoints.Map(path, context => HandleAsync(context, Missing));
        if (!door.Options.Sandbox) return;
        var sandbox = new Sandbox(door);
        endpoints.MapMethods("/apps", [HttpMethods.Post, HttpMethods.Options], context => HandleAsync(context, sandbox.MakeAsync));
        endpoints.MapMethods("/apps/{app}", [HttpMethods.Delete, HttpMethods.Options], context => HandleAsync(context, sandbox.Remove));
    }

    /// <summary>For what needs credentials.</summary>
    private async Task HandleAsync(HttpContext context, Func<RestRequest, string[], Task<RestAnswer>> handle) =>
        await HandleAsync(context, async (http, body) =>
        {
            var (access, error) = door.Credentials.Read(http.Request);
            return access is null
                ? RestAnswer.Of(error!)
                : await handle(new RestRequest(http, access, body), RestRequest.PartsOf(http));
        });

    private async Task HandleAsync(HttpContext context, Func<HttpContext, WireDocument?, Task<RestAnswer>> handle)
    {
        if (!await door.Kit.AllowsPagesAsync(context, Exposed)) return;
        using var body = HttpMethods.IsGet(context.Request.Method) ? null : await door.Kit.ReadBodyAsync(context);
        if (body is null && !HttpMethods.IsGet(context.Request.Method)) return;
        var document = default(WireDocument);
        var answer = default(RestAnswer);
        if (body is { Memory.Length: > 0 })
        {
            var isPacked = context.Request.ContentType?.Contains("msgpack", StringComparison.OrdinalIgnoreCase) == true;
            document = WireDocument.Read(body.Memory, isPacked ? WireFormat.MessagePack : WireFormat.Json);
            if (document is null) answer = RestAnswer.Of(AblyError.BadRequest("The body is none of the form that Content-Type names."));
        }
        try
        {
            answer ??= await handle(context, document);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (EngineException)
        {
            answer = RestAnswer.Of(AblyError.Unreadable);
        }
        catch (Exception exception) when (exception is not BadHttpRequestException)
        {
            AblyLog.RequestFailed(door.Logger, context.Request.Method, context.Request.Path, exception);
            answer = RestAnswer.Of(new AblyError(50000, 500, "The hub failed to handle the request; its log says why."));
        }
        await WriteAsync(context, answer);
    }

    private Task<RestAnswer> Time(HttpContext context, WireDocument? body)
    {
        var now = door.Time.GetUtcNow().ToUnixTimeMilliseconds();
        return Task.FromResult(RestAnswer.Ok(writer => writer.StartArray().Number(now).End()));
    }

    private Task<RestAnswer> KeysAsync(HttpContext context, WireDocument? body) =>
        keys.HandleAsync(context, RestRequest.PartsOf(context), body?.Root ?? default).AsTask();

    private Task<RestAnswer> Missing(HttpContext context, WireDocument? body) =>
        Task.FromResult(RestAnswer.Of(AblyError.NotFound("This part of Ably's API is not here: docs/specs/ably.md, X1.")));

    private static async Task WriteAsync(HttpContext context, RestAnswer answer)
    {
        var format = RestRequest.FormatOf(context.Request);
        using var writer = WireWriter.Rent(format);
        var isWrapped = context.Request.Query.ContainsKey("envelope");
        if (isWrapped)
        {
            writer.StartMap().Name("statusCode"u8).Number(answer.Status).Name("headers"u8).StartMap();
            if (answer.Link is { } told) writer.Name("link"u8).Text(told);
            writer.End().Name("response"u8);
        }
        if (answer.Write is { } write) write(writer);
        else if (isWrapped) writer.StartArray().End();
        if (isWrapped) writer.End();
        var response = context.Response;
        response.StatusCode = isWrapped ? 200 : answer.Status;
        // Just this, or node takes an error's body for none.
        response.ContentType = format == WireFormat.Json ? "application/json" : "application/x-msgpack";
        if (answer.Link is { } link) response.Headers.Link = link;
        if (answer.Error is { } error)
        {
            response.Headers["x-ably-errorcode"] = error.Code.ToString(System.Globalization.CultureInfo.InvariantCulture);
            response.Headers["x-ably-errormessage"] = Ascii(error.Message);
            if (error.Status == 401) response.Headers.WWWAuthenticate = "Basic realm=\"Ably\"";
        }
        var written = writer.Written.ToArray();
        response.ContentLength = written.Length;
        await response.Body.WriteAsync(written, context.RequestAborted);
    }

    private static string Ascii(string text) =>
        new StringBuilder().Append(string.Concat(text.Select(static c => c is >= ' ' and <= '~' ? c : '?'))).ToString();
}
