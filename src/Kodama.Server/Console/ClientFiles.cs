using Microsoft.AspNetCore.Http;

namespace Kodama.Server.Console;

/// <summary>The JavaScript client (clients/js), embedded in this assembly at build: for pages that import <c>/kodama.js</c>.</summary>
internal sealed class ClientFiles
{
    /// <summary>The module, its types and its source map.</summary>
    public static readonly string[] Names = ["kodama.js", "kodama.d.ts", "kodama.js.map"];

    private readonly EmbeddedFiles files = new("client/", "client");

    public Task WriteAsync(HttpContext context, string name)
    {
        var headers = context.Response.Headers;
        // Public code, that pages of other hosts import too; a module needs the first for that, a page that is isolated the second.
        headers.AccessControlAllowOrigin = "*";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        // Its name stays when the hub gets newer.
        headers.CacheControl = "no-cache";
        return files.WriteAsync(context, name);
    }
}
