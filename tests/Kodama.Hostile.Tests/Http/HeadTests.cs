using Kodama.Testing;

namespace Kodama.Hostile.Tests.Http;

/// <summary>Heads of requests that no client writes: none may end in an error of the hub's own.</summary>
public sealed class HeadTests(Siege siege) : IClassFixture<Siege>
{
    private const string Host = "Host: 127.0.0.1\r\n";

    [Theory]
    [InlineData("version 0.9", "GET /\r\n\r\n")]
    [InlineData("version 2.0 in text", "GET / HTTP/2.0\r\n" + Host + "\r\n")]
    [InlineData("version 1.9", "GET / HTTP/1.9\r\n" + Host + "\r\n")]
    [InlineData("version without numbers", "GET / HTTP/x.y\r\n" + Host + "\r\n")]
    [InlineData("version in small letters", "GET / http/1.1\r\n" + Host + "\r\n")]
    [InlineData("version too long", "GET / HTTP/1.1111111111\r\n" + Host + "\r\n")]
    [InlineData("no method", " / HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("method of signs", "(){}<> / HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("method of NUL", "\0GET / HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("unknown method", "BREW /api/rooms HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("CONNECT", "CONNECT 127.0.0.1:22 HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("TRACE", "TRACE / HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("GET *", "GET * HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("absolute form of another host", "GET http://evil.example/ws HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("absolute form without host", "GET http:/// HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("absolute form with a huge port", "GET http://127.0.0.1:99999999999/ HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("absolute form with user and password", "GET http://user:password@127.0.0.1/ HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("absolute form of another scheme", "GET file:///etc/passwd HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("no host", "GET / HTTP/1.1\r\n\r\n")]
    [InlineData("two hosts", "GET / HTTP/1.1\r\n" + Host + "Host: evil.example\r\n\r\n")]
    [InlineData("host of garbage", "GET / HTTP/1.1\r\nHost: \u00ff\u00fe@@:::\r\n\r\n")]
    [InlineData("host with a path", "GET / HTTP/1.1\r\nHost: 127.0.0.1/evil\r\n\r\n")]
    [InlineData("NUL in the path", "GET /ws\0/x HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("%00 in the path", "GET /ws/%00 HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("% without digits", "GET /ws/%zz%%%1 HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("% of half a character", "GET /ws/%c3%28%ff%fe HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("% of a surrogate", "GET /ws/%ed%a0%80 HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("% in the query", "GET /api/peers?room=%zz%c3%28%00 HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("way out of the folder", "GET /assets/../../../../etc/passwd HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("way out of the folder, encoded", "GET /assets/%2e%2e/%2e%2e%2fetc%2fpasswd HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("way out of the folder, by backslash", "GET /assets\\..\\..\\windows\\win.ini HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData("NUL in a header's name", "GET / HTTP/1.1\r\n" + Host + "X\0Y: z\r\n\r\n")]
    [InlineData("NUL in a header's value", "GET / HTTP/1.1\r\n" + Host + "X: a\0b\r\n\r\n")]
    [InlineData("header without colon", "GET / HTTP/1.1\r\n" + Host + "nonsense\r\n\r\n")]
    [InlineData("header without name", "GET / HTTP/1.1\r\n" + Host + ": value\r\n\r\n")]
    [InlineData("space before the colon", "GET / HTTP/1.1\r\n" + Host + "Content-Length : 5\r\n\r\nhello")]
    [InlineData("header that goes on in the next line", "GET / HTTP/1.1\r\n" + Host + "X: a\r\n b\r\n\r\n")]
    [InlineData("LF alone", "GET / HTTP/1.1\nHost: 127.0.0.1\n\n")]
    [InlineData("CR alone", "GET / HTTP/1.1\rHost: 127.0.0.1\r\r")]
    [InlineData("nothing but lines", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n")]
    [InlineData("HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003")]
    [InlineData("a frame", "\u0081\u0085\u0011\u0022\u0033\u0044\u0079\u0047\u005f\u0028\u007e")]
    public Task Odd(string what, string head) => siege.WithstandsAsync(async () =>
    {
        Assert.NotEmpty(what);
        await using var client = await siege.ConnectAsync();
        await client.SendAsync([.. head.Select(letter => (byte)letter)]);
        client.CompleteSending();
        await Refusal.StatusesAsync(client);
        await client.WaitForEndAsync();
    });

    [Fact]
    public Task Huge_RequestLine() => RefusesAsync(() => "GET /" + new string('a', 1 << 20) + " HTTP/1.1\r\n" + Host + "\r\n");

    [Fact]
    public Task Huge_Query() => RefusesAsync(() => "GET /api/peers?room=" + new string('a', 1 << 16) + " HTTP/1.1\r\n" + Host + "\r\n");

    [Fact]
    public Task Huge_Header() => RefusesAsync(() => "GET / HTTP/1.1\r\n" + Host + "X: " + new string('a', 4 << 20) + "\r\n\r\n");

    [Fact]
    public Task Huge_HeaderName() => RefusesAsync(() => "GET / HTTP/1.1\r\n" + Host + new string('a', 1 << 20) + ": x\r\n\r\n");

    [Fact]
    public Task Huge_LinesBeforeTheRequest() => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        var lines = string.Concat(Enumerable.Repeat("\r\n", 1 << 16));
        await Crowd.ToleratesEndAsync(() => client.SendTextAsync(lines));
        client.CompleteSending();
        await client.WaitForEndAsync();
    });

    [Fact]
    public Task ManyRequests_InOneGo_AreAllAnswered() => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        var request = "GET /health HTTP/1.1\r\n" + Host + "\r\n";
        await client.SendTextAsync(string.Concat(Enumerable.Repeat(request, 500)));
        Assert.Equal(Enumerable.Repeat(200, 500), await Refusal.StatusesAsync(client, 500));
    });

    [Fact]
    public Task ManyRequests_WhoseAnswersNobodyReads() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(50, () => siege.ConnectAsync(receiveBuffer: 4096));
        var requests = string.Concat(Enumerable.Repeat("GET /api/hub HTTP/1.1\r\n" + Host + "\r\n", 1000));
        // The hub stops reading when it cannot write: what is not taken in a while is what it has not read.
        var sending = crowd.EachAsync(client => client.SendTextAsync(requests));
        await Task.WhenAny(sending, siege.StillEchoesAsync());
        crowd.Reset();
        await sending;
    });

    [Fact]
    public Task Continue_NeverFollowedByABody() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(200, () => siege.ConnectAsync());
        await crowd.EachAsync(async client =>
        {
            await client.SendTextAsync("POST /api/rooms/attacked/messages HTTP/1.1\r\n" + Host
                + "Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 100 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        });
    });

    private Task RefusesAsync(Func<string> head) => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        await Crowd.ToleratesEndAsync(() => client.SendTextAsync(head()));
        await Refusal.IsAsync(client);
    });
}
