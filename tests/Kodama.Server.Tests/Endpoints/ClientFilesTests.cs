using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server.Tests;

public sealed class ClientFilesTests
{
    [Theory]
    [InlineData("/kodama.js", "text/javascript; charset=utf-8", "//# sourceMappingURL=kodama.js.map")]
    [InlineData("/kodama.js.map", "application/json; charset=utf-8", "\"sources\"")]
    [InlineData("/kodama.d.ts", "text/plain; charset=utf-8", "export declare function connect(")]
    public async Task ClientFile_ForAPageOfAnyHost_IsThereWithItsType(string path, string type, string content)
    {
        await using var hub = await TestHub.StartAsync(o => o.Token = "secret");
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Origin", "https://app.example" } } };

        using var answer = await hub.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
        Assert.Contains(content, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(["*"], answer.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["cross-origin"], answer.Headers.GetValues("Cross-Origin-Resource-Policy"));
    }

    [Theory]
    [InlineData("/kodama.js")]
    [InlineData("/kodama")]
    public async Task File_ForWhoTakesGzip_IsSentPacked(string path)
    {
        await using var hub = await TestHub.StartAsync();
        var plain = await hub.Client.GetStringAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept-Encoding", "gzip, deflate, br" } } };

        using var answer = await hub.Client.SendAsync(request);

        Assert.Equal(["gzip"], answer.Content.Headers.ContentEncoding);
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
        using var unpacked = new StreamReader(new GZipStream(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress));
        Assert.Equal(plain, await unpacked.ReadToEndAsync());
        Assert.True(answer.Content.Headers.ContentLength < plain.Length);
    }

    [Fact]
    public async Task ClientFile_ThatABrowserHas_IsNotSentAgain()
    {
        await using var hub = await TestHub.StartAsync();
        using var first = await hub.Client.GetAsync("/kodama.js");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/kodama.js") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };

        using var second = await hub.Client.SendAsync(request);

        Assert.Equal("no-cache", first.Headers.CacheControl!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
    }

    [Fact]
    public async Task ClientFile_OfAHubUnderAPrefix_IsThereOnly()
    {
        await using var hub = await TestHub.StartAppAsync(b => b.Services.AddKodama(), app => app.MapKodama("/realtime"), "/realtime");

        using var prefixed = await hub.Client.GetAsync("/realtime/kodama.js");
        using var atTheRoot = await hub.Client.GetAsync("/kodama.js");

        Assert.Equal(HttpStatusCode.OK, prefixed.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, atTheRoot.StatusCode);
    }
}
