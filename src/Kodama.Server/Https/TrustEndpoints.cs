using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using Kodama.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Server;

/// <summary>What helps people to trust a hub's own authority (docs/specs/https.md): the page <c>/trust</c>, its files, and what programs
/// read.</summary>
internal sealed class TrustEndpoints(HubAuthority authority, HubAddresses addresses, RequestGuard guard)
{
    public const string Path = "/trust";
    public const string ApiPath = "/api/trust";

    private const string Resource = "https/trust.html";
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] ReadApi = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Options];
    private static readonly string Page = Load();

    public void Map(IEndpointRouteBuilder endpoints)
    {
        MapAt(Path, Read, guard.Open(WritePageAsync));
        MapAt($"{Path}/kodama.crt", Read, guard.Open(context =>
            WriteAsync(context, "application/x-x509-ca-cert", authority.Certificate)));
        MapAt($"{Path}/kodama.mobileconfig", Read, guard.Open(context =>
            WriteAsync(context, "application/x-apple-aspen-config", AppleProfile.Of(authority))));
        MapAt(ApiPath, ReadApi, guard.PublicApi(TellAsync));

        // What the program has at these paths comes first.
        void MapAt(string path, string[] methods, RequestDelegate handler) =>
            endpoints.MapMethods(path, methods, handler).WithMetadata(new KodamaPrefix("")).WithOrder(1);
    }

    /// <summary>In pairs, as terminals and devices show it.</summary>
    private static string Shown(string fingerprint) =>
        string.Join(':', fingerprint.ToUpperInvariant().Chunk(2).Select(pair => new string(pair)));

    private Task WritePageAsync(HttpContext context)
    {
        var page = Page
            .Replace("{{name}}", HtmlEncoder.Default.Encode(authority.Name), StringComparison.Ordinal)
            .Replace("{{fingerprint}}", Shown(authority.Fingerprint), StringComparison.Ordinal)
            .Replace("{{url}}", JavaScriptEncoder.Default.Encode(UrlFor(context.Request)), StringComparison.Ordinal);
        context.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src https:; frame-ancestors 'none'";
        return WriteAsync(context, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(page));
    }

    private Task TellAsync(HttpContext context)
    {
        var answer = new TrustAnswer(authority.Name, authority.Fingerprint, authority.NotAfter.ToUniversalTime(), UrlFor(context.Request));
        return context.Response.WriteAsJsonAsync(answer, ApiJson.Types.TrustAnswer, cancellationToken: context.RequestAborted);
    }

    // By the name or address that the device has used, where the certificate is for that too.
    private string UrlFor(HttpRequest request)
    {
        var host = RequestHost.Of(request);
        return (IPAddress.TryParse(host.Host, out var address) ? HubAuthority.Permits(address) : NameConstraints.Permits(host.Host))
            ? $"https://{host.Value}"
            : addresses.All().FirstOrDefault(url => url.StartsWith("https:", StringComparison.Ordinal)) ?? $"https://{host.Value}";
    }

    private static Task WriteAsync(HttpContext context, string type, ReadOnlyMemory<byte> bytes)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    private static string Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
