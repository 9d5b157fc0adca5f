using System.IO.Compression;
using System.Text;
using Kodama.Testing;

namespace Kodama.Hostile.Tests.Http;

/// <summary>Bodies of POST that do not end, do not fit or do not parse.</summary>
public sealed class PublishTests(Siege siege) : IClassFixture<Siege>
{
    private const string Chunked = "Transfer-Encoding: chunked\r\n";

    [Theory]
    [InlineData("size FFFFFFFF", "FFFFFFFF\r\n")]
    [InlineData("size of 16 digits", "FFFFFFFFFFFFFFFF\r\n")]
    [InlineData("size of 17 digits", "10000000000000000\r\n")]
    [InlineData("size 80000000", "80000000\r\n")]
    [InlineData("negative size", "-1\r\n")]
    [InlineData("size with 0x", "0x5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("size with +", "+5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("size of letters", "zz\r\n")]
    [InlineData("no size", "\r\nhello\r\n0\r\n\r\n")]
    [InlineData("no line end behind a chunk", "5\r\nhelloX0\r\n\r\n")]
    [InlineData("chunk shorter than it says", "9\r\nhello\r\n0\r\n\r\n")]
    [InlineData("LF alone", "5\nhello\n0\n\n")]
    [InlineData("NUL", "\0\0\0\0")]
    public Task Chunks_Odd_AreRefused(string what, string body) => siege.WithstandsAsync(async () =>
    {
        Assert.NotEmpty(what);
        await using var client = await siege.ConnectAsync();
        await client.SendTextAsync(Head(client, Chunked) + body);
        await Refusal.IsAsync(client);
    });

    [Fact]
    public Task Chunk_OfTwoGibibytesLessOneByte_NeverFinished() => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        await client.SendTextAsync(Head(client, Chunked) + "7FFFFFFF\r\n");
        client.CompleteSending();
        await Refusal.IsAsync(client);
    });

    [Fact]
    public Task Chunks_WithAnExtensionOfAMebibyte() => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        var extension = new string('e', 1 << 20);
        await Crowd.ToleratesEndAsync(() => client.SendTextAsync(Head(client, Chunked) + $"5;{extension}\r\nhello\r\n0\r\n\r\n"));
        client.CompleteSending();
        await Refusal.StatusesAsync(client);
    });

    [Fact]
    public Task Chunks_OfOneByte() => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        var chunks = string.Concat(Enumerable.Repeat("1\r\nx\r\n", 200_000));
        await client.SendTextAsync(Head(client, Chunked) + chunks + "0\r\n\r\n");
        Assert.Equal([202], await Refusal.StatusesAsync(client));
    });

    [Fact]
    public Task Chunks_WithoutEnd_StopAtTheBound() => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        var chunk = "10000\r\n" + new string('x', 0x10000) + "\r\n";
        await client.SendTextAsync(Head(client, Chunked));
        await Crowd.ToleratesEndAsync(async () =>
        {
            for (var i = 0; i < 100; i++) await client.SendTextAsync(chunk);
        });
        await Refusal.IsAsync(client);
    });

    [Fact]
    public Task Trailers_TooMany() => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        var trailers = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"T{i}: {new string('t', 100)}\r\n"));
        await Crowd.ToleratesEndAsync(() => client.SendTextAsync(Head(client, Chunked) + "5\r\nhello\r\n0\r\n" + trailers + "\r\n"));
        client.CompleteSending();
        await Refusal.StatusesAsync(client);
    });

    [Theory]
    [InlineData("negative", "Content-Length: -1\r\n")]
    [InlineData("with a sign", "Content-Length: +5\r\n")]
    [InlineData("hexadecimal", "Content-Length: 0x5\r\n")]
    [InlineData("too long for a number", "Content-Length: 99999999999999999999999\r\n")]
    [InlineData("two that disagree", "Content-Length: 5\r\nContent-Length: 6\r\n")]
    [InlineData("a list", "Content-Length: 5, 5\r\n")]
    [InlineData("larger than a message may be", "Content-Length: 1048577\r\n")]
    [InlineData("as large as a number can be", "Content-Length: 9223372036854775807\r\n")]
    [InlineData("unknown encoding", "Transfer-Encoding: gzip\r\n")]
    [InlineData("chunked is not last", "Transfer-Encoding: chunked, gzip\r\n")]
    [InlineData("neither", "")]
    public Task Length_Odd_IsRefusedOrTakenForNone(string what, string headers) => siege.WithstandsAsync(async () =>
    {
        Assert.NotEmpty(what);
        await using var client = await siege.ConnectAsync();
        await client.SendTextAsync(Head(client, headers) + "hello");
        client.CompleteSending();
        await Refusal.StatusesAsync(client);
    });

    [Fact]
    public Task Bodies_NeverFinished() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(300, () => siege.ConnectAsync());
        var begun = new string('x', 64 * 1024);
        await crowd.EachAsync(client => client.SendTextAsync(Head(client, "Content-Length: 1048576\r\n") + begun));
    });

    [Fact]
    public Task Bodies_OfAMebibyteLessOneByte_Held() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(400, () => siege.ConnectAsync());
        var begun = new string('x', (1 << 20) - 1);
        var sending = crowd.EachAsync(client => client.SendTextAsync(Head(client, "Content-Length: 1048576\r\n") + begun));
        // A hub at its budget stops reading: what it has not taken then, it has not.
        await Task.WhenAny(sending, siege.StillEchoesAsync());
        crowd.Reset();
        await sending;
    });

    [Fact]
    public Task Bodies_Reset() => siege.WithstandsAsync(async () =>
    {
        for (var round = 0; round < 5; round++)
        {
            await using var crowd = await Crowd.GatherAsync(100, () => siege.ConnectAsync());
            await crowd.EachAsync(client => client.SendTextAsync(Head(client, "Content-Length: 100000\r\n") + "begin"));
            crowd.Reset();
        }
    });

    [Fact]
    public Task Body_Gzipped_IsNotInflated() => siege.WithstandsAsync(async () =>
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(new byte[64 << 20]);
        var bomb = packed.ToArray();
        await using var client = await siege.ConnectAsync();
        var headers = $"Content-Encoding: gzip\r\nContent-Type: application/octet-stream\r\nContent-Length: {bomb.Length}\r\n";
        await client.SendAsync([.. Encoding.ASCII.GetBytes(Head(client, headers)), .. bomb]);
        await Refusal.StatusesAsync(client);
    });

    [Theory]
    [InlineData("nested", '[')]
    [InlineData("open strings", '"')]
    [InlineData("backslashes", '\\')]
    public Task Event_WhoseArgumentsAreABomb(string what, char letter) => siege.WithstandsAsync(async () =>
    {
        Assert.NotEmpty(what);
        await using var client = await siege.ConnectAsync();
        var body = "[" + new string(letter, 1_000_000);
        var head =
            $"POST /api/rooms/attacked/messages?event=e HTTP/1.1\r\nHost: {client.Authority}\r\nContent-Length: {body.Length}\r\n\r\n";
        await client.SendTextAsync(head + body);
        await Refusal.IsAsync(client);
    });

    [Fact]
    public Task Flood_OfSmallMessages() => siege.WithstandsAsync(async () =>
    {
        await using var listener = await siege.JoinAsync();
        await using var crowd = await Crowd.GatherAsync(10, () => siege.ConnectAsync());
        await crowd.EachAsync(async client =>
        {
            await client.SendTextAsync(string.Concat(Enumerable.Repeat(Head(client, "Content-Length: 5\r\n") + "hello", 200)));
            Assert.Equal(Enumerable.Repeat(202, 200), await Refusal.StatusesAsync(client, 200));
        });
    });

    private static string Head(RawClient client, string headers) =>
        $"POST /api/rooms/attacked/messages HTTP/1.1\r\nHost: {client.Authority}\r\n{headers}\r\n";
}
