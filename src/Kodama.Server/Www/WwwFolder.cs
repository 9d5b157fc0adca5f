using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kodama.Server;

/// <summary>Pages of one's own, from a folder (docs/specs/http.md): what the endpoints leave.</summary>
internal sealed class WwwFolder
{
    private const string Index = "index.html";

    private readonly WwwFiles files;
    private readonly StaticFileMiddleware middleware;
    private readonly KodamaMetrics metrics;

    /// <summary>Of a folder that was opened.</summary>
    public WwwFolder(string folder, IWebHostEnvironment environment, ILoggerFactory loggers, KodamaMetrics metrics)
    {
        files = new WwwFiles(folder);
        this.metrics = metrics;
        var options = new StaticFileOptions
        {
            FileProvider = files,
            ContentTypeProvider = new WwwTypes(),
            ServeUnknownFileTypes = true,
            DefaultContentType = "application/octet-stream",
            // Whoever changes a file sees that with the next request; what has not changed gets 304.
            OnPrepareResponse = static answer => answer.Context.Response.Headers.CacheControl = "no-cache",
        };
        middleware = new StaticFileMiddleware(Missed, environment, Options.Create(options), loggers);
    }

    /// <summary>The folder's own path.</summary>
    /// <exception cref="ArgumentException">There is no such folder, or it cannot be read.</exception>
    public static string Open(string folder)
    {
        if (string.IsNullOrWhiteSpace(folder)) throw new ArgumentException("Www is empty: give the folder that holds your index.html.");
        if (folder.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException("Www holds a NUL, which no path does.");
        var path = Path.GetFullPath(folder);
        if (File.Exists(path)) throw new ArgumentException($"Www {path} is a file: give the folder that holds it.");
        if (!Directory.Exists(path))
            throw new ArgumentException($"Www {path} does not exist: make or build your page first, or give the folder of its index.html.");
        try
        {
            _ = Directory.EnumerateFileSystemEntries(path).Any();
            return Path.TrimEndingDirectorySeparator(RealPath.Of(path)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException(
                $"Www {path} cannot be read: {exception.Message.TrimEnd('.')}. Let the hub's user read it, or give another folder.",
                exception);
        }
    }

    /// <summary>Answers with what the folder has at the request's path; false, when that is nothing.</summary>
    public async Task<bool> TryWriteAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)) return false;
        var path = context.Request.Path;
        var isFolder = path.Value is null or [.., '/'];
        var file = isFolder ? new PathString(path.Value + Index) : path;
        if (!files.GetFileInfo(file.Value!).Exists)
        {
            // The links of its page are relative, and need the slash at its end.
            if (isFolder || !files.HasFolder(path.Value!) || !files.GetFileInfo($"{path.Value}/{Index}").Exists) return false;
            context.Response.Redirect($"{context.Request.PathBase}{path}/{context.Request.QueryString}");
            return true;
        }
        var endpoint = context.GetEndpoint();
        try
        {
            // The middleware serves where no endpoint does.
            context.SetEndpoint(null);
            context.Request.Path = file;
            await middleware.Invoke(context);
        }
        catch (Exception exception) when (IsOfFile(exception) && !ClientFaults.IsGone(exception, context))
        {
            await FailAsync(context);
        }
        finally
        {
            context.Request.Path = path;
            context.SetEndpoint(endpoint);
        }
        return true;
    }

    private static bool IsOfFile(Exception exception) =>
        exception is UnauthorizedAccessException or (IOException and not BadHttpRequestException);

    // It went between two looks.
    private static Task Missed(HttpContext context)
    {
        Renew(context.Response);
        return HttpError.WriteAsync(context, StatusCodes.Status404NotFound, "NOT_FOUND", "This file has just gone.");
    }

    private Task FailAsync(HttpContext context)
    {
        metrics.Refused("file");
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }
        Renew(context.Response);
        return HttpError.WriteAsync(
            context, StatusCodes.Status503ServiceUnavailable, "FILE_UNAVAILABLE",
            "This file cannot be read now: try again later, or let the hub's user read it.");
    }

    private static void Renew(HttpResponse response)
    {
        response.Clear();
        ServerHeader.Write(response);
    }
}
