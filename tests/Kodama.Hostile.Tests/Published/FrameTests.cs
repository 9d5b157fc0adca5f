using System.IO.Compression;
using Kodama.Testing;

namespace Kodama.Hostile.Tests.Published;

/// <summary>Frames that have brought down other servers. What each was stands in docs/security.md.</summary>
public sealed class FrameTests(Siege siege) : IClassFixture<Siege>
{
    private const int Most = 1 << 20;

    [Theory]
    [InlineData("82ff7fffffffffffffff")]
    [InlineData("82ff8000000000000000")]
    [InlineData("82ffffffffffffffffff")]
    [InlineData("82fffffffffffffffff2")]
    [InlineData("02ff7fffffffffffffff")]
    public Task Cve_2020_27813_LengthThatOverflows(string head) => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.JoinAsync();
        await client.SendAsync([.. Convert.FromHexString(head), 0, 0, 0, 0]);
        Assert.True((await client.ReadCloseAsync()).CloseCode is 1002 or 1009);
    });

    [Fact]
    public Task Cve_2020_27813_LengthThatOverflowsOverFragments() => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.JoinAsync();
        await client.SendAsync([.. RawFrame.Masked(RawFrame.BinaryOpcode, "x"u8, fin: false),
            .. Convert.FromHexString("80ff7fffffffffffffff00000000")]);
        Assert.Equal(1009, (await client.ReadCloseAsync()).CloseCode);
    });

    [Fact]
    public Task Cve_2016_10542_MessageWithoutBound() => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.JoinAsync();
        await client.SendAsync([.. RawFrame.Head(RawFrame.BinaryOpcode, 256 << 20, masked: true), 0, 0, 0, 0]);
        Assert.Equal(1009, (await client.ReadCloseAsync()).CloseCode);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    public Task Cve_2016_10518_PongHoldsWhatThePingHeld(int length) => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.JoinAsync();
        var said = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        await client.SendAsync(RawFrame.Masked(RawFrame.PingOpcode, said));
        var pong = await client.ReadFrameAsync();
        Assert.Equal(RawFrame.PongOpcode, pong!.Opcode);
        Assert.Equal(said, pong.Payload);
    });

    [Fact]
    public Task Cve_2026_42786_FragmentsWithoutEnd() => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.JoinAsync();
        await client.SendAsync(RawFrame.Masked(RawFrame.BinaryOpcode, [], fin: false));
        var more = RawFrame.Masked(RawFrame.Continuation, new byte[64 * 1024], fin: false);
        await Crowd.ToleratesEndAsync(async () =>
        {
            for (var sent = 0; sent < 32 << 20; sent += more.Length) await client.SendAsync(more);
        });
        Assert.Equal(1009, (await client.ReadCloseAsync()).CloseCode);
    });

    [Fact]
    public Task Cve_2026_48779_TinyFragments_Held() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(200, () => siege.JoinAsync());
        byte[] tiny =
        [
            .. RawFrame.Masked(RawFrame.BinaryOpcode, "x"u8, fin: false),
            .. Enumerable.Repeat(RawFrame.Masked(RawFrame.Continuation, "x"u8, fin: false), 1022).SelectMany(frame => frame),
        ];
        await crowd.EachAsync(client => client.SendAsync(tiny));
    });

    [Fact]
    public Task Cve_2026_65623_FragmentsThatMakeOneLargeMessage() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(10, () => siege.JoinAsync());
        var piece = new byte[1020];
        byte[] message =
        [
            .. RawFrame.Masked(RawFrame.BinaryOpcode, piece, fin: false),
            .. Enumerable.Repeat(RawFrame.Masked(RawFrame.Continuation, piece, fin: false), 1000).SelectMany(frame => frame),
            .. RawFrame.Masked(RawFrame.Continuation, piece),
        ];
        await crowd.EachAsync(client => client.SendAsync(message));
    });

    [Fact]
    public Task Cve_2026_27571_CompressionBomb() => siege.WithstandsAsync(async () =>
    {
        var packed = new MemoryStream();
        using (var deflater = new DeflateStream(packed, CompressionLevel.SmallestSize)) deflater.Write(new byte[512 << 20]);
        await using var client = await siege.JoinAsync(headers: "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        await Crowd.ToleratesEndAsync(() => client.SendAsync(RawFrame.Masked(0x40 | RawFrame.BinaryOpcode, packed.ToArray())));
        Assert.Equal(1009, (await client.ReadCloseAsync()).CloseCode);
    });

    [Fact]
    public Task Cve_2020_35896_WhatWaitsForAPeerIsBounded() => siege.WithstandsAsync(async () =>
    {
        // 200 MB for one who does not read a byte of it.
        await using var deaf = await siege.JoinAsync(receiveBuffer: 2048);
        await using var publisher = await siege.JoinAsync();
        var message = RawFrame.Masked(RawFrame.BinaryOpcode, new byte[Most]);
        for (var i = 0; i < 200; i++) await publisher.SendAsync(message);
        await publisher.SendAsync(RawFrame.OfClose(1000));
        await publisher.WaitForEndAsync();
    });

    [Fact]
    public Task Cve_2024_23672_ClosedAndNotGone() => siege.WithstandsAsync(async () =>
    {
        // Who says goodbye and keeps the connection is sent away.
        await using var crowd = await Crowd.GatherAsync(100, () => siege.JoinAsync());
        await crowd.EachAsync(async client =>
        {
            await client.SendAsync(RawFrame.OfClose(1000));
            await client.WaitForEndAsync();
        });
    });

    [Fact]
    public Task Cve_2020_36406_ComeAndGoInManyRooms() => siege.WithstandsAsync(async () =>
    {
        for (var round = 0; round < 4; round++)
        {
            var next = 0;
            await using var crowd = await Crowd.GatherAsync(100, () => siege.JoinAsync($"/ws/room{Interlocked.Increment(ref next) % 7}"));
            await crowd.EachAsync(client => client.SendAsync(RawFrame.OfText("going")));
            crowd.Reset();
        }
    });

    [Fact]
    public Task Cve_2022_21676_ReservedBitsOnEveryDoor() => siege.WithstandsAsync(async () =>
    {
        foreach (var path in (string[])["/ws/attacked", "/socket.io/?EIO=4&transport=websocket"])
        {
            await using var client = await siege.JoinAsync(path);
            await client.SendAsync(Convert.FromHexString("b180" + "00000000"));
            Assert.Equal(1002, (await client.ReadCloseAsync()).CloseCode);
        }
    });
}
