using System.IO.Compression;
using Kodama.Testing;

namespace Kodama.Hostile.Tests.Tls;

/// <summary>WebSockets over TLS: the hub's way over a stream, attacked as the one over a socket is.</summary>
public sealed class StreamTests(SecureSiege siege) : IClassFixture<SecureSiege>
{
    [Fact]
    public Task Reset_WithinTls() => siege.WithstandsAsync(async () =>
    {
        for (var round = 0; round < 3; round++)
        {
            await using var storm = await Crowd.GatherAsync(50, () => siege.JoinAsync());
            await storm.EachAsync(client => client.SendAsync(RawFrame.Head(RawFrame.BinaryOpcode, 100_000, masked: true)));
            storm.Reset();
        }
    });

    [Fact]
    public Task End_WithoutCloseNotify() => EndsAsync(client =>
    {
        client.CompleteSending();
        return Task.CompletedTask;
    });

    [Fact]
    public Task End_ByCloseNotify() => EndsAsync(client => client.CompleteTlsAsync());

    [Fact]
    public Task CloseNotify_AndTheConnectionStays() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(50, () => siege.JoinAsync());
        await crowd.EachAsync(client => client.CompleteTlsAsync());
        await siege.StillEchoesAsync();
    });

    [Fact]
    public Task CloseNotify_BeforeTheRequestEnds() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(50, () => siege.ConnectAsync());
        await crowd.EachAsync(async client =>
        {
            await client.SendTextAsync("POST /api/rooms/x/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nbegin");
            await client.CompleteTlsAsync();
            await client.WaitForEndAsync();
        });
    });

    [Fact]
    public Task PlainBytes_BehindTls() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(20, () => siege.JoinAsync());
        await crowd.EachAsync(async client =>
        {
            client.Socket.Send(new byte[1000]);
            await client.WaitForEndAsync();
        });
    });

    [Fact]
    public Task Stalled_WhileOthersPublish() => siege.WithstandsAsync(async () =>
    {
        await using var stalled = await Crowd.GatherAsync(50, () => siege.JoinAsync("/ws/stalled", receiveBuffer: 2048));
        await using var publisher = await siege.JoinAsync("/ws/stalled");
        var message = RawFrame.Masked(RawFrame.BinaryOpcode, new byte[64 * 1024]);
        for (var i = 0; i < 200; i++) await publisher.SendAsync(message);
        await publisher.SendAsync(RawFrame.OfClose(1000));
        await publisher.WaitForEndAsync();
    });

    [Fact]
    public Task RecordsOfOneByte() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(10, () => siege.JoinAsync());
        var frames = Enumerable.Repeat(RawFrame.OfText("drop by drop"), 50).SelectMany(frame => frame).ToArray();
        await crowd.EachAsync(async client =>
        {
            foreach (var one in frames) await client.SendAsync([one]);
        });
    });

    [Fact]
    public Task PartialFrames_Held() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(200, () => siege.JoinAsync());
        var begun = RawFrame.Masked(RawFrame.BinaryOpcode, new byte[64 * 1024])[..^1];
        await crowd.EachAsync(client => client.SendAsync(begun));
    });

    [Fact]
    public Task Bombs_OfManyAtOnce() => siege.WithstandsAsync(async () =>
    {
        var packed = new MemoryStream();
        using (var deflater = new DeflateStream(packed, CompressionLevel.Fastest)) deflater.Write(new byte[64 << 20]);
        var bomb = RawFrame.Masked(0x40 | RawFrame.BinaryOpcode, packed.ToArray());
        await using var crowd = await Crowd.GatherAsync(20, () =>
            siege.JoinAsync(headers: "Sec-WebSocket-Extensions: permessage-deflate\r\n"));
        await crowd.EachAsync(client => client.SendAsync(bomb));
        await crowd.EachAsync(client => client.WaitForEndAsync());
    });

    [Fact]
    public Task EventStreams_Stalled() => siege.WithstandsAsync(async () =>
    {
        await using var stalled = await Crowd.GatherAsync(50, () => siege.ConnectAsync(receiveBuffer: 2048));
        await stalled.EachAsync(client => client.SendTextAsync("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
        await using var publisher = await siege.JoinAsync();
        var message = RawFrame.OfText(new string('m', 10_000));
        for (var i = 0; i < 500; i++) await publisher.SendAsync(message);
        await publisher.SendAsync(RawFrame.OfClose(1000));
        await publisher.WaitForEndAsync();
    });

    private Task EndsAsync(Func<RawClient, Task> end) => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(50, () => siege.JoinAsync());
        await crowd.EachAsync(async client =>
        {
            await client.SendAsync(RawFrame.OfText("the last word"));
            await end(client);
            await client.WaitForEndAsync();
        });
    });
}
