using System.IO.Compression;
using System.Net;
using Kodama.Testing;

namespace Kodama.SocketIO.Tests;

public sealed class ClientScriptsTests
{
    [Theory]
    [InlineData("socket.io.js", "application/javascript; charset=utf-8")]
    [InlineData("socket.io.min.js", "application/javascript; charset=utf-8")]
    [InlineData("socket.io.esm.min.js", "application/javascript; charset=utf-8")]
    [InlineData("socket.io.msgpack.min.js", "application/javascript; charset=utf-8")]
    [InlineData("socket.io.js.map", "application/json; charset=utf-8")]
    [InlineData("socket.io.msgpack.min.js.map", "application/json; charset=utf-8")]
    public async Task Script_IsServedPlainAndCompressed(string file, string type)
    {
        await using var engine = await TestEngine.StartAsync();

        using var response = await engine.Client.GetAsync(TestEngine.Path + file).Within();
        var plain = await response.Content.ReadAsByteArrayAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, TestEngine.Path + file)
        {
            Headers = { { "Accept-Encoding", "gzip, br" } },
        };
        using var compressed = await engine.Client.SendAsync(request).Within();

        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
        Assert.Equal("public, max-age=0", Assert.Single(response.Headers.GetValues("Cache-Control")));
        Assert.Matches("^\"4\\.[0-9]+\\.[0-9]+\"$", response.Headers.ETag!.Tag);
        Assert.True(plain.Length > 40_000);
        Assert.Equal("gzip", Assert.Single(compressed.Content.Headers.ContentEncoding));
        await using var unzipped = new GZipStream(await compressed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var copy = new MemoryStream();
        await unzipped.CopyToAsync(copy);
        Assert.Equal(plain, copy.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("W/")]
    public async Task Script_KnownAlready_IsNotSentAgain(string weak)
    {
        await using var engine = await TestEngine.StartAsync();
        using var first = await engine.Client.GetAsync(TestEngine.Path + "socket.io.js").Within();
        using var request = new HttpRequestMessage(HttpMethod.Get, TestEngine.Path + "socket.io.js");
        request.Headers.TryAddWithoutValidation("If-None-Match", weak + first.Headers.ETag!.Tag);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");

        using var response = await engine.Client.SendAsync(request).Within();

        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
        Assert.Empty(response.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task Script_Unknown_IsNotFound()
    {
        await using var engine = await TestEngine.StartAsync();

        using var response = await engine.Client.GetAsync(TestEngine.Path + "other.js").Within();

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Script_AskedForWithTwoOrigins_IsRefusedAsOtherRequestsAre()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await RawClient.ConnectAsync(engine.Http);
        await client.SendTextAsync(
            $"GET {TestEngine.Path}socket.io.js HTTP/1.1\r\nHost: {client.Authority}\r\n"
            + "Origin: http://a.example\r\nOrigin: http://b.example\r\n\r\n");

        var refused = await client.ReadResponseAsync();

        Assert.Equal(400, refused!.Status);
        Assert.StartsWith("{\"code\":3,", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_NotServed_IsNotFound()
    {
        await using var engine = await TestEngine.StartAsync(o => o.ServeClient = false);

        using var response = await engine.Client.GetAsync(TestEngine.Path + "socket.io.js").Within();

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
