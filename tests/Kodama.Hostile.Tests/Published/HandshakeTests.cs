using Kodama.Testing;

namespace Kodama.Hostile.Tests.Published;

/// <summary>
/// Requests and handshakes that have brought down, or slowed down, other servers. What each was stands in docs/security.md.
/// </summary>
public sealed class HandshakeTests(Siege siege) : IClassFixture<Siege>
{
    [Fact]
    public Task Cve_2024_37890_ManyHeaders() => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        var headers = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i}: x\r\n"));
        await Crowd.ToleratesEndAsync(() => client.SendTextAsync(client.UpgradeHead("/ws/attacked", headers)));
        await Refusal.IsAsync(client);
    });

    [Theory]
    [InlineData("constructor")]
    [InlineData(",;constructor")]
    [InlineData("__proto__")]
    [InlineData("permessage-deflate; constructor")]
    [InlineData("permessage-deflate; __proto__=1; toString")]
    public Task Ghsa_5v72_xg48_5rpm_ExtensionNamedConstructor(string extension) =>
        ShakesWithoutExtensionAsync($"Sec-WebSocket-Extensions: {extension}\r\n");

    [Fact]
    public Task Cve_2020_7662_UnclosedQuote() =>
        ShakesWithoutExtensionAsync($"Sec-WebSocket-Extensions: a; b=\"{string.Concat(Enumerable.Repeat("\\c", 7000))}\r\n");

    [Fact]
    public Task Cve_2026_2229_WindowBitsThatZlibDoesNotTake() => siege.WithstandsAsync(async () =>
    {
        foreach (var bits in (string[])["0", "1", "7", "16", "256", "4294967304"])
        {
            await using var client = await siege.ConnectAsync();
            await client.SendTextAsync(client.UpgradeHead("/ws/attacked",
                $"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits={bits}; server_max_window_bits={bits}\r\n"));
            var response = await client.ReadResponseAsync();
            Assert.Null(response!.Header("Sec-WebSocket-Extensions"));
        }
    });

    [Fact]
    public Task Cve_2021_32640_SubprotocolOfSpaces() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(50, () => siege.ConnectAsync());
        var subprotocol = $"Sec-WebSocket-Protocol: b{new string(' ', 15_000)}x\r\n";
        await crowd.EachAsync(async client =>
        {
            await client.SendTextAsync(client.UpgradeHead("/ws/attacked", subprotocol));
            await Refusal.StatusesAsync(client);
        });
    });

    [Fact]
    public Task Cve_2023_43669_HeadWithoutEnd() => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        await client.SendTextAsync(client.UpgradeHead("/ws/attacked")[..^2]);
        await Crowd.ToleratesEndAsync(async () =>
        {
            for (var i = 0; i < 20_000; i++) await client.SendTextAsync($"X-{i}: {new string('x', 100)}\r\n");
        });
        await Refusal.IsAsync(client);
    });

    [Fact]
    public Task Cve_2015_2080_ErrorsTellNothingOfOthers() => siege.WithstandsAsync(async () =>
    {
        for (var round = 0; round < 20; round++)
        {
            await using var other = await siege.ConnectAsync();
            await other.SendTextAsync(
                $"GET /health HTTP/1.1\r\nHost: {other.Authority}\r\nAuthorization: Bearer s3cret-of-another\r\n\r\n");
            await other.ReadResponseAsync();
            await using var client = await siege.ConnectAsync();
            await client.SendTextAsync($"GET / HTTP/1.1\r\nHost: {client.Authority}\r\nReferer: \0\u0001\r\n\r\n");
            var response = await client.ReadResponseAsync();
            Assert.Equal(400, response!.Status);
            Assert.DoesNotContain("s3cret", response.Head + response.Body, StringComparison.Ordinal);
        }
    });

    [Theory]
    [InlineData("5;x\n\r\nhello\r\n0\r\n\r\n")]
    [InlineData("5;x\nhello\r\n0\r\n\r\n")]
    [InlineData("5;x\rhello\r\n0\r\n\r\n")]
    [InlineData("5;x\n\nhello\r\n0\r\n\r\n")]
    public Task Cve_2025_55315_ChunkExtensionThatEndsOddly(string body) => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        var head = $"POST /api/rooms/attacked/messages HTTP/1.1\r\nHost: {client.Authority}\r\nTransfer-Encoding: chunked\r\n\r\n";
        await client.SendTextAsync(head + body);
        client.CompleteSending();
        await Refusal.IsAsync(client);
    });

    [Fact]
    public Task Cve_2026_32689_PollOfNothingButSeparators() => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        await client.SendTextAsync($"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: {client.Authority}\r\n\r\n");
        var opened = (await client.ReadResponseAsync())!.Body;
        var session = opened.Split("\"sid\":\"")[1].Split('"')[0];
        var body = new string('\u001e', 1_000_000);
        await client.SendTextAsync(
            $"POST /socket.io/?EIO=4&transport=polling&sid={session} HTTP/1.1\r\nHost: {client.Authority}\r\n"
            + $"Content-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        await Refusal.StatusesAsync(client);
    });

    private Task ShakesWithoutExtensionAsync(string headers) => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        await client.SendTextAsync(client.UpgradeHead("/ws/attacked", headers));
        var response = await client.ReadResponseAsync();
        Assert.True(response!.Status is 101 or 400, $"The hub answered {response.Status}.");
        Assert.Null(response.Header("Sec-WebSocket-Extensions"));
    });
}
