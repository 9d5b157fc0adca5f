using System.Text;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>A small page that tells a person what is wrong.</summary>
internal static class PersonPage
{
    private const string Begin = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Kodama</title>
        <style>
          :root { color-scheme: light dark }
          body { font: 1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 4rem auto; padding: 0 1rem; overflow-wrap: anywhere }
          h1 { font-size: 1.4rem }
        </style>

        """;

    /// <summary>Whether a person asks, who would make little of JSON.</summary>
    public static bool IsFor(HttpRequest request) => HttpMethods.IsGet(request.Method) && HubEndpoints.AcceptsHtml(request);

    /// <param name="context">The request.</param>
    /// <param name="status">Of the answer.</param>
    /// <param name="body">What the page says, in HTML.</param>
    public static Task WriteAsync(HttpContext context, int status, string body)
    {
        var page = Encoding.UTF8.GetBytes($"{Begin}{body}\n</html>\n");
        var answer = context.Response;
        answer.StatusCode = status;
        answer.ContentType = "text/html; charset=utf-8";
        answer.ContentLength = page.Length;
        answer.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        answer.Headers.CacheControl = "no-store";
        return answer.Body.WriteAsync(page, context.RequestAborted).AsTask();
    }
}
