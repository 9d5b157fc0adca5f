using Kodama.Testing;

namespace Kodama.Hostile.Tests.Http;

/// <summary>Handshakes that are none: none gets 101.</summary>
public sealed class HandshakeTests(Siege siege) : IClassFixture<Siege>
{
    private const string Upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    private const string Version = "Sec-WebSocket-Version: 13\r\n";
    private const string Key = "Sec-WebSocket-Key: " + RawClient.Key + "\r\n";

    [Theory]
    [InlineData("no Upgrade", "GET", "1.1", "Connection: Upgrade\r\n" + Version + Key)]
    [InlineData("no Connection", "GET", "1.1", "Upgrade: websocket\r\n" + Version + Key)]
    [InlineData("another protocol", "GET", "1.1", "Connection: Upgrade\r\nUpgrade: h2c\r\n" + Version + Key)]
    [InlineData("no version", "GET", "1.1", Upgrade + Key)]
    [InlineData("version 8", "GET", "1.1", Upgrade + "Sec-WebSocket-Version: 8\r\n" + Key)]
    [InlineData("huge version", "GET", "1.1", Upgrade + "Sec-WebSocket-Version: 99999999999999999999\r\n" + Key)]
    [InlineData("negative version", "GET", "1.1", Upgrade + "Sec-WebSocket-Version: -13\r\n" + Key)]
    [InlineData("two versions", "GET", "1.1", Upgrade + "Sec-WebSocket-Version: 13, 8\r\n" + Key)]
    [InlineData("version twice", "GET", "1.1", Upgrade + Version + Version + Key)]
    [InlineData("no key", "GET", "1.1", Upgrade + Version)]
    [InlineData("empty key", "GET", "1.1", Upgrade + Version + "Sec-WebSocket-Key: \r\n")]
    [InlineData("key of 15 bytes", "GET", "1.1", Upgrade + Version + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA\r\n")]
    [InlineData("key of 18 bytes", "GET", "1.1", Upgrade + Version + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAAA\r\n")]
    [InlineData("key that is no base64", "GET", "1.1", Upgrade + Version + "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==\r\n")]
    [InlineData("key twice", "GET", "1.1", Upgrade + Version + Key + Key)]
    [InlineData("POST", "POST", "1.1", Upgrade + Version + Key)]
    [InlineData("get", "get", "1.1", Upgrade + Version + Key)]
    [InlineData("HEAD", "HEAD", "1.1", Upgrade + Version + Key)]
    [InlineData("HTTP/1.0", "GET", "1.0", Upgrade + Version + Key)]
    [InlineData("two origins, own and evil", "GET", "1.1", Upgrade + Version + Key
        + "Origin: http://AUTHORITY\r\nOrigin: http://evil.example\r\n")]
    [InlineData("evil origin", "GET", "1.1", Upgrade + Version + Key + "Origin: http://evil.example\r\n")]
    [InlineData("origin null", "GET", "1.1", Upgrade + Version + Key + "Origin: null\r\n")]
    [InlineData("subprotocol that is no token", "GET", "1.1", Upgrade + Version + Key + "Sec-WebSocket-Protocol: a/b@c\r\n")]
    public Task Odd_IsRefused(string what, string method, string version, string headers) => siege.WithstandsAsync(async () =>
    {
        Assert.NotEmpty(what);
        await using var client = await siege.ConnectAsync();
        headers = headers.Replace("AUTHORITY", client.Authority, StringComparison.Ordinal);
        await client.SendTextAsync($"{method} /ws/attacked HTTP/{version}\r\nHost: {client.Authority}\r\n{headers}\r\n");
        await Refusal.IsAsync(client);
    });

    [Theory]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("evil.example:8080")]
    [InlineData("localhost.evil.example")]
    [InlineData("evillocal")]
    [InlineData("0x7f.1.example")]
    public Task ForeignHost_IsRefused(string host) => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        await client.SendTextAsync($"GET /ws/attacked HTTP/1.1\r\nHost: {host}\r\n{Upgrade}{Version}{Key}\r\n");
        await Refusal.IsAsync(client);
    });

    [Fact]
    public Task Stalled_BeforeTheEmptyLine() => siege.WithstandsAsync(async () =>
    {
        await using var stalled = await Crowd.GatherAsync(300, () => siege.ConnectAsync());
        await stalled.EachAsync(client => client.SendTextAsync(client.UpgradeHead("/ws/attacked")[..^2]));
    });

    [Fact]
    public Task BodyBehind_IsNotTakenForFrames() => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        await client.SendTextAsync(client.UpgradeHead("/ws/attacked", "Content-Length: 5\r\n") + "hello");
        await Refusal.StatusesAsync(client);
        client.CompleteSending();
        await client.WaitForEndAsync();
    });

    [Fact]
    public Task FramesBehind_ThatNobodyWaitedToSend() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(50, () => siege.ConnectAsync());
        byte[] flood = [.. Enumerable.Repeat(RawFrame.OfText("early"), 10_000).SelectMany(frame => frame)];
        await crowd.EachAsync(client => client.SendAsync([.. client.UpgradeHead("/ws/attacked").Select(c => (byte)c), .. flood]));
    });

    [Fact]
    public Task Details_TooManyAndTooLong_AreRefused() => siege.WithstandsAsync(async () =>
    {
        string[] queries =
        [
            string.Join('&', Enumerable.Range(0, 33).Select(i => $"d{i}=x")),
            new string('n', 65) + "=x",
            "d=" + new string('v', 1025),
            string.Join('&', Enumerable.Range(0, 3000).Select(i => $"{i}")),
        ];
        foreach (var query in queries)
        {
            await using var client = await siege.ConnectAsync();
            await client.SendTextAsync(client.UpgradeHead($"/ws/attacked?{query}"));
            await Refusal.IsAsync(client);
        }
    });

    [Fact]
    public Task Details_AsLargeAsTheyMayBe() => siege.WithstandsAsync(async () =>
    {
        var query = string.Join('&', Enumerable.Range(0, 6).Select(i => $"{i}{new string('n', 63)}={new string('v', 1024)}"));
        await using var crowd = await Crowd.GatherAsync(300, () => siege.JoinAsync($"/ws/attacked?{query}"));
        Assert.Equal(300, crowd.Count);
    });

    [Fact]
    public Task Rooms_AThousandOfTheLongestNames() => siege.WithstandsAsync(async () =>
    {
        var next = 0;
        await using var crowd = await Crowd.GatherAsync(1000, () =>
            siege.JoinAsync($"/ws/{Interlocked.Increment(ref next):0000}{new string('r', 124)}"));
        Assert.Equal(1000, crowd.Count);
    });

    [Theory]
    [InlineData("")]
    [InlineData("%20%20")]
    [InlineData("%01")]
    [InlineData("%7f")]
    [InlineData("..%2f..%2fapi")]
    [InlineData("%F0%9F%98%80")]
    [InlineData("%EF%BF%BE")]
    [InlineData("__proto__")]
    [InlineData("constructor")]
    public Task Rooms_OddNames(string name) => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        await client.SendTextAsync(client.UpgradeHead($"/ws/{name}"));
        await Refusal.StatusesAsync(client);
    });
}
