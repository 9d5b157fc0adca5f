using Kodama.Testing;
using Microsoft.AspNetCore.Builder;

namespace Kodama.Server.Tests;

/// <summary>Of a header that is there twice, a proxy may heed the one and the hub the other: neither counts.</summary>
public sealed class RepeatedHeaderTests
{
    private const string Handshake = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: " + RawClient.Key + "\r\n";

    public static TheoryData<string, string> Endpoints => new()
    {
        { "GET", "/" },
        { "GET", "/health" },
        { "GET", "/assets/none.js" },
        { "GET", "/api/hub" },
        { "GET", "/api/rooms" },
        { "GET", "/api/peers" },
        { "GET", "/api/stats" },
        { "GET", "/api/events" },
        { "OPTIONS", "/api/rooms" },
        { "POST", "/api/rooms/lobby/messages" },
        { "GET", "/ws" },
        { "GET", "/ws/room" },
        { "GET", "/nowhere" },
    };

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Origin_OwnAndThenAnothers_IsRefusedEverywhere(string method, string path)
    {
        await using var hub = await TestHub.StartAsync();

        var answer = await AskAsync(
            hub, method, path, $"Origin: {hub.Http.GetLeftPart(UriPartial.Authority)}\r\nOrigin: http://evil.example\r\n");

        Assert.Equal(400, answer.Status);
        Assert.Contains("\"code\":\"REPEATED_HEADER\"", answer.Body, StringComparison.Ordinal);
        Assert.Null(answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal(0, hub.Connections.Count);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Key: " + RawClient.Key)]
    [InlineData("Sec-WebSocket-Version: 13")]
    [InlineData("Sec-WebSocket-Version: 8")]
    [InlineData("Authorization: Bearer secret\r\nAuthorization: Bearer secret")]
    [InlineData("Origin: http://evil.example\r\nOrigin: http://evil.example")]
    public async Task Header_OfAHandshakeThatIsThereTwice_IsRefused(string headers)
    {
        await using var hub = await TestHub.StartAsync(o => o.Token = "secret");

        var answer = await AskAsync(hub, "GET", "/ws?token=secret", headers + "\r\n");

        Assert.Equal(400, answer.Status);
        Assert.Contains("\"code\":\"REPEATED_HEADER\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_ThatIsThereTwice_IsRefused()
    {
        await using var hub = await TestHub.StartAsync();

        Assert.Equal(400, (await AskAsync(hub, "GET", "/ws", $"Host: {hub.Http.Authority}\r\n")).Status);
    }

    [Fact]
    public async Task Origin_OfSeveralInOneHeader_IsNone()
    {
        await using var hub = await TestHub.StartAsync(o => o.AllowedOrigins.Add("https://*.example.net"));

        Assert.Equal(403, (await AskAsync(hub, "GET", "/ws", "Origin: https://evil.example, https://app.example.net\r\n")).Status);
    }

    [Theory]
    [InlineData("Connection: keep-alive\r\nConnection: Upgrade\r\nUpgrade: websocket", 101)]
    [InlineData("Connection: keep-alive, Upgrade\r\nUpgrade: h2c, WebSocket", 101)]
    [InlineData("Connection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket", 101)]
    [InlineData("Connection: Upgrades\r\nUpgrade: websocket", 426)]
    [InlineData("Connection: keep-alive\r\nUpgrade: websocket", 426)]
    [InlineData("Connection: Upgrade\r\nUpgrade: websockets", 426)]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket h2c", 426)]
    public async Task Lists_OfAHandshake_AreReadAsLists(string headers, int status)
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await hub.RawAsync();

        await client.SendTextAsync(
            $"GET /ws HTTP/1.1\r\nHost: {client.Authority}\r\n{headers}\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {RawClient.Key}\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Origin_TwiceAtARouteOfTheApplication_IsRefused()
    {
        await using var hub = await TestHub.StartAppAsync(
            builder => Microsoft.Extensions.DependencyInjection.KodamaServiceCollectionExtensions.AddKodama(
                builder.Services, o => o.Advertise = false),
            app => app.MapWebSocket("/ws", _ => Task.CompletedTask));

        var answer = await AskAsync(
            hub, "GET", "/ws", $"Origin: {hub.Http.GetLeftPart(UriPartial.Authority)}\r\nOrigin: http://evil.example\r\n");
        Assert.Equal(400, answer.Status);
    }

    private static async Task<RawResponse> AskAsync(TestHub hub, string method, string path, string headers)
    {
        await using var client = await hub.RawAsync();
        var rest = path.StartsWith("/ws", StringComparison.Ordinal) ? Handshake : method == "POST" ? "Content-Length: 2\r\n" : "";
        await client.SendTextAsync(
            $"{method} {path} HTTP/1.1\r\nHost: {client.Authority}\r\n{headers}{rest}\r\n{(method == "POST" ? "hi" : "")}");
        return (await client.ReadResponseAsync())!;
    }
}
