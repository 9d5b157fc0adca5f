using Kodama.Testing;

namespace Kodama.Hostile.Tests.WebSockets;

/// <summary>Frames that RFC 6455 forbids: each ends its own connection, with the code that says why.</summary>
public sealed class FrameTests(Siege siege) : IClassFixture<Siege>
{
    private const string Mask = "00000000";

    [Theory]
    [InlineData("opcode 3", "8380" + Mask, 1002)]
    [InlineData("opcode 4", "8480" + Mask, 1002)]
    [InlineData("opcode 5", "8580" + Mask, 1002)]
    [InlineData("opcode 6", "8680" + Mask, 1002)]
    [InlineData("opcode 7", "8780" + Mask, 1002)]
    [InlineData("opcode 11", "8b80" + Mask, 1002)]
    [InlineData("opcode 12", "8c80" + Mask, 1002)]
    [InlineData("opcode 13", "8d80" + Mask, 1002)]
    [InlineData("opcode 14", "8e80" + Mask, 1002)]
    [InlineData("opcode 15", "8f80" + Mask, 1002)]
    [InlineData("RSV1", "c180" + Mask, 1002)]
    [InlineData("RSV2", "a180" + Mask, 1002)]
    [InlineData("RSV3", "9180" + Mask, 1002)]
    [InlineData("all RSV bits", "f180" + Mask, 1002)]
    [InlineData("text without a mask", "810161", 1002)]
    [InlineData("ping without a mask", "8900", 1002)]
    [InlineData("close without a mask", "8800", 1002)]
    [InlineData("length 2^63", "82ff8000000000000000" + Mask, 1002)]
    [InlineData("length 2^64 - 1", "82ffffffffffffffffff" + Mask, 1002)]
    [InlineData("length 2^63 - 1", "82ff7fffffffffffffff" + Mask, 1009)]
    [InlineData("length 2^32", "82ff0000000100000000" + Mask, 1009)]
    [InlineData("length 2^31", "82ff0000000080000000" + Mask, 1009)]
    [InlineData("length of 1 MiB and 1", "82ff0000000000100001" + Mask, 1009)]
    [InlineData("length 5 in 16 bits", "81fe0005" + Mask + "68656c6c6f", 1002)]
    [InlineData("length 5 in 64 bits", "81ff0000000000000005" + Mask + "68656c6c6f", 1002)]
    [InlineData("length 65535 in 64 bits", "82ff000000000000ffff" + Mask, 1002)]
    [InlineData("ping in fragments", "0980" + Mask, 1002)]
    [InlineData("pong in fragments", "0a80" + Mask, 1002)]
    [InlineData("close in fragments", "0880" + Mask, 1002)]
    [InlineData("ping of 126 bytes", "89fe007e" + Mask, 1002)]
    [InlineData("close of 2^63 bytes", "88ff8000000000000000" + Mask, 1002)]
    [InlineData("continuation of nothing", "8080" + Mask, 1002)]
    [InlineData("continuation of nothing, to go on", "0080" + Mask, 1002)]
    [InlineData("message within a message", "0180" + Mask + "8180" + Mask, 1002)]
    [InlineData("binary within text", "0180" + Mask + "8280" + Mask, 1002)]
    [InlineData("continuation behind the end", "0180" + Mask + "8080" + Mask + "8080" + Mask, 1002)]
    [InlineData("close of 1 byte", "8881" + Mask + "03", 1002)]
    [InlineData("close 0", "8882" + Mask + "0000", 1002)]
    [InlineData("close 999", "8882" + Mask + "03e7", 1002)]
    [InlineData("close 1004", "8882" + Mask + "03ec", 1002)]
    [InlineData("close 1005", "8882" + Mask + "03ed", 1002)]
    [InlineData("close 1006", "8882" + Mask + "03ee", 1002)]
    [InlineData("close 1015", "8882" + Mask + "03f7", 1002)]
    [InlineData("close 2999", "8882" + Mask + "0bb7", 1002)]
    [InlineData("close 5000", "8882" + Mask + "1388", 1002)]
    [InlineData("close 65535", "8882" + Mask + "ffff", 1002)]
    [InlineData("reason that is no UTF-8", "8884" + Mask + "03e8c328", 1007)]
    [InlineData("text: byte that never comes", "8181" + Mask + "ff", 1007)]
    [InlineData("text: half a character", "8182" + Mask + "c328", 1007)]
    [InlineData("text: overlong", "8182" + Mask + "c0af", 1007)]
    [InlineData("text: surrogate", "8183" + Mask + "eda080", 1007)]
    [InlineData("text: beyond the last character", "8184" + Mask + "f4908080", 1007)]
    [InlineData("text: ends within a character", "8182" + Mask + "e282", 1007)]
    [InlineData("text: bad in the first fragment", "0181" + Mask + "ff", 1007)]
    [InlineData("HTTP", "474554202f20485454502f312e310d0a0d0a", 1002)]
    public Task Forbidden_EndsTheConnection(string what, string hex, int code) => siege.WithstandsAsync(async () =>
    {
        Assert.NotEmpty(what);
        await using var client = await siege.JoinAsync();
        await client.SendAsync(Convert.FromHexString(hex));
        Assert.Equal(code, (await client.ReadCloseAsync()).CloseCode);
        await client.WaitForEndAsync();
    });

    [Fact]
    public Task PartialFrames_Held() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(300, () => siege.JoinAsync());
        var begun = RawFrame.Masked(RawFrame.BinaryOpcode, new byte[64 * 1024])[..^1];
        await crowd.EachAsync(client => client.SendAsync(begun));
    });

    [Fact]
    public Task PartialHeads_Held() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(500, () => siege.JoinAsync());
        await crowd.EachAsync(client => client.SendAsync(Convert.FromHexString("82ff00000000")));
    });

    [Fact]
    public Task MessagesOfAMebibyteLessOneByte_Held() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(400, () => siege.JoinAsync());
        // The ping between the fragments: its pong says that the hub has read what came before.
        byte[] begun = [.. RawFrame.Masked(RawFrame.BinaryOpcode, new byte[(1 << 20) - 1], fin: false),
            .. RawFrame.Masked(RawFrame.PingOpcode, "read?"u8)];
        await crowd.EachAsync(async client =>
        {
            await client.SendAsync(begun);
            await client.ReadFrameAsync();
        });
    });

    [Fact]
    public Task OneByteAtATime() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(20, () => siege.JoinAsync());
        var frames = Enumerable.Repeat(RawFrame.OfText("drop by drop"), 20).SelectMany(frame => frame).ToArray();
        await crowd.EachAsync(async client =>
        {
            foreach (var one in frames) await client.SendAsync([one]);
        });
    });

    [Fact]
    public Task Garbage_Seeded() => siege.WithstandsAsync(async () =>
    {
        var random = new Random(20261128);
        await using var crowd = await Crowd.GatherAsync(100, () => siege.JoinAsync());
        await crowd.EachAsync(async client =>
        {
            var garbage = new byte[2000];
            lock (random) random.NextBytes(garbage);
            await client.SendAsync(garbage);
            client.CompleteSending();
            await client.WaitForEndAsync();
        });
    });
}
