using System.Net;
using Kodama.Server;
using Kodama.Testing;

namespace Kodama.SocketIO.Tests;

public sealed class CorsTests
{
    private const string Page = "http://page.example:3000";

    [Fact]
    public async Task Origin_NotAllowed_IsRefusedWithoutTheHeader()
    {
        await using var engine = await TestEngine.StartAsync(o => o.Cors.WithOrigins("http://other.example"));

        using var response = await SendAsync(engine, HttpMethod.Get, Page);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("{\"code\":4,\"message\":\"Forbidden\"}", await response.Content.ReadAsStringAsync());
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Empty(engine.Handlers);
        await using var client = await RawClient.ConnectAsync(engine.Http);
        Assert.StartsWith(
            "HTTP/1.1 403",
            await client.UpgradeAsync($"{TestEngine.Path}?EIO=4&transport=websocket", $"Origin: {Page}\r\n"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Origin_OfAList_IsToldOfItself()
    {
        await using var engine = await TestEngine.StartAsync(o =>
        {
            o.Cors.WithOrigins("http://other.example", Page).Credentials = true;
            o.Cors.ExposedHeaders.Add("X-A");
        });

        using var response = await SendAsync(engine, HttpMethod.Get, Page);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Page, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal("Origin", Header(response, "Vary"));
        Assert.Equal("true", Header(response, "Access-Control-Allow-Credentials"));
        Assert.Equal("X-A", Header(response, "Access-Control-Expose-Headers"));
        Assert.Null(Header(response, "Access-Control-Allow-Methods"));
        Assert.True(engine.Handler.Session.Handshake.IsCrossDomain);
        await using var client = await RawClient.ConnectAsync(engine.Http);
        Assert.StartsWith(
            "HTTP/1.1 101",
            await client.UpgradeAsync($"{TestEngine.Path}?EIO=4&transport=websocket", $"Origin: {Page}\r\n"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Origin_Any_IsToldAStar()
    {
        await using var engine = await TestEngine.StartAsync(o => o.Cors.WithAnyOrigin());

        using var response = await SendAsync(engine, HttpMethod.Get, Page);

        Assert.Equal("*", Header(response, "Access-Control-Allow-Origin"));
        Assert.Null(Header(response, "Vary"));
    }

    [Fact]
    public async Task Origin_Single_IsToldToEverybody()
    {
        await using var engine = await TestEngine.StartAsync(o => o.Cors.WithOrigin(Page));

        using var own = await engine.GetAsync("EIO=4&transport=polling");

        Assert.Equal(Page, Header(own, "Access-Control-Allow-Origin"));
        Assert.Equal("Origin", Header(own, "Vary"));
    }

    [Fact]
    public async Task Origin_OfAPredicate_IsToldOfItself()
    {
        await using var engine = await TestEngine.StartAsync(o =>
            o.Cors.WithOrigins(origin => origin.EndsWith(":3000", StringComparison.Ordinal)));

        using var response = await SendAsync(engine, HttpMethod.Get, Page);

        Assert.Equal(Page, Header(response, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Origin_AllowedByTheHub_NeedsNoCorsOption()
    {
        await using var engine = await TestEngine.StartAsync(kodama: o => o.AllowedOrigins.Add(Page));

        using var response = await SendAsync(engine, HttpMethod.Get, Page);
        Assert.Equal(Page, Header(response, "Access-Control-Allow-Origin"));
        using var preflight = await SendAsync(engine, HttpMethod.Options, Page);
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
    }

    [Fact]
    public async Task Origin_OfTheHubItself_IsAllowed()
    {
        await using var engine = await TestEngine.StartAsync();

        using var response = await SendAsync(engine, HttpMethod.Get, engine.Http.GetLeftPart(UriPartial.Authority));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Preflight_OfAnAllowedOrigin_IsNodes()
    {
        await using var engine = await TestEngine.StartAsync(o =>
        {
            o.Cors.WithOrigins(Page);
            o.Cors.MaxAge = TimeSpan.FromMinutes(10);
        });

        using var response = await SendAsync(engine, HttpMethod.Options, Page, "x-one,x-two");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(Page, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal("GET,HEAD,PUT,PATCH,POST,DELETE", Header(response, "Access-Control-Allow-Methods"));
        Assert.Equal("x-one,x-two", Header(response, "Access-Control-Allow-Headers"));
        Assert.Equal("600", Header(response, "Access-Control-Max-Age"));
        Assert.Equal("Origin, Access-Control-Request-Headers", Header(response, "Vary"));
    }

    [Fact]
    public async Task Preflight_OfAnotherOrigin_HasNoAllowHeader()
    {
        await using var engine = await TestEngine.StartAsync(o =>
        {
            o.Cors.WithOrigins("http://other.example");
            o.Cors.AllowedHeaders.Add("x-given");
        });

        using var response = await SendAsync(engine, HttpMethod.Options, Page, "x-one");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Null(Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal("x-given", Header(response, "Access-Control-Allow-Headers"));
    }

    [Fact]
    public async Task Errors_CarryTheHeadersToo()
    {
        await using var engine = await TestEngine.StartAsync(o => o.Cors.WithOrigins(Page));

        using var response = await SendAsync(engine, HttpMethod.Get, Page, query: "EIO=4&transport=polling&sid=abc");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(Page, Header(response, "Access-Control-Allow-Origin"));
    }

    // As a browser asks for a picture, without an Origin.
    [Theory]
    [InlineData("cross-site", HttpStatusCode.Forbidden)]
    [InlineData("same-site", HttpStatusCode.OK)]
    [InlineData("same-origin", HttpStatusCode.OK)]
    [InlineData("none", HttpStatusCode.OK)]
    public async Task Request_OfAnotherSitesPageWithoutAnOrigin_OpensNoSession(string site, HttpStatusCode status)
    {
        await using var engine = await TestEngine.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{TestEngine.Path}?EIO=4&transport=polling");
        request.Headers.Add("Sec-Fetch-Site", site);

        using var response = await engine.Client.SendAsync(request).Within();

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == HttpStatusCode.OK ? 1 : 0, engine.Engine.SessionCount);
    }

    [Fact]
    public async Task Request_OfAnotherSitesPageThatIsAllowed_OpensASession()
    {
        await using var engine = await TestEngine.StartAsync(o => o.Cors.WithOrigins(Page));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{TestEngine.Path}?EIO=4&transport=polling");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        request.Headers.Add("Origin", Page);

        using var response = await engine.Client.SendAsync(request).Within();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        TestEngine engine, HttpMethod method, string origin, string? asked = null, string query = "EIO=4&transport=polling")
    {
        using var request = new HttpRequestMessage(method, $"{TestEngine.Path}?{query}");
        request.Headers.Add("Origin", origin);
        if (asked is not null) request.Headers.Add("Access-Control-Request-Headers", asked);
        return await engine.Client.SendAsync(request).Within();
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
