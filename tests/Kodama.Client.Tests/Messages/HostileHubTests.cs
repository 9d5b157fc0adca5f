using System.Text;
using Kodama.Testing;

namespace Kodama.Client.Tests.Messages;

public sealed class HostileHubTests
{
    [Theory]
    [InlineData(101)]
    [InlineData(50_000)]
    public async Task Message_LargerThanAllowed_EndsTheClientWith1009(int size)
    {
        await using var hostile = await ConnectAsync(new KodamaClientOptions { MaxMessageSize = 100 });

        await hostile.Peer.SendFrameAsync(RawFrame.BinaryOpcode, new byte[100]);
        await hostile.Peer.SendFrameAsync(RawFrame.BinaryOpcode, new byte[size]);

        Assert.Equal(1009, (await hostile.Peer.ReadFrameAsync())!.CloseCode);
        Assert.Equal(100, (await hostile.Client.ReceiveAsync()).Bytes.Length);
        Assert.Equal(1009, Assert.IsType<HubProtocolException>((await hostile.Client.ReceiveAllAsync()).End).CloseCode);
    }

    [Fact]
    public async Task Message_ThatPromisesTerabytes_CostsNoMemory()
    {
        await using var hostile = await ConnectAsync(new KodamaClientOptions());

        await hostile.Peer.SendAsync(RawFrame.Head(RawFrame.BinaryOpcode, 1L << 40));
        await hostile.Peer.SendAsync(new byte[2 * 1024 * 1024]);

        Assert.Equal(1009, Assert.IsType<HubProtocolException>((await hostile.Client.ReceiveAllAsync()).End).CloseCode);
    }

    [Fact]
    public async Task Message_InEndlessFragments_EndsTheClientWith1009()
    {
        await using var hostile = await ConnectAsync(new KodamaClientOptions { MaxMessageSize = 1000 });

        await hostile.Peer.SendFrameAsync(RawFrame.TextOpcode, new byte[10], fin: false);
        for (var i = 0; i < 100; i++) await hostile.Peer.SendFrameAsync(RawFrame.Continuation, new byte[10], fin: false);

        Assert.Equal(1009, Assert.IsType<HubProtocolException>((await hostile.Client.ReceiveAllAsync()).End).CloseCode);
    }

    [Theory]
    [InlineData("a reserved opcode", 0x83, 0x00)]
    [InlineData("a reserved bit", 0xF1, 0x00)]
    [InlineData("a mask", 0x81, 0x80, 1, 2, 3, 4)]
    [InlineData("a fragmented ping", 0x09, 0x00)]
    [InlineData("a continuation of nothing", 0x80, 0x00)]
    [InlineData("a ping of 126 bytes", 0x89, 0x7E, 0x00, 0x7E)]
    [InlineData("a close code of one byte", 0x88, 0x01, 0x03)]
    [InlineData("a close code that nobody may send", 0x88, 0x02, 0x03, 0xEE)]
    [InlineData("a length below zero", 0x82, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)]
    [InlineData("text that is no UTF-8", 0x81, 0x01, 0xFF)]
    public async Task Frame_AgainstTheProtocol_EndsTheClient(string what, params int[] bytes)
    {
        await using var hostile = await ConnectAsync(new KodamaClientOptions());

        await hostile.Peer.SendAsync([.. bytes.Select(b => (byte)b)]);

        var end = (await hostile.Client.ReceiveAllAsync()).End;
        Assert.True(end is HubProtocolException { ShouldReconnect: false }, $"After {what}: {end}");
        await hostile.Peer.EndsAsync();
    }

    [Fact]
    public async Task Message_InFragmentsWithAPingBetween_IsWhole()
    {
        await using var hostile = await ConnectAsync(new KodamaClientOptions());

        await hostile.Peer.SendFrameAsync(RawFrame.TextOpcode, "he"u8.ToArray(), fin: false);
        await hostile.Peer.SendFrameAsync(RawFrame.PingOpcode, "?"u8.ToArray());
        await hostile.Peer.SendFrameAsync(RawFrame.Continuation, [], fin: false);
        await hostile.Peer.SendFrameAsync(RawFrame.Continuation, "llo"u8.ToArray());

        Assert.Equal("hello", await hostile.Client.ReceiveTextAsync());
        var pong = (await hostile.Peer.ReadFrameAsync())!;
        Assert.Equal((RawFrame.PongOpcode, "?"), (pong.Opcode, Encoding.UTF8.GetString(pong.Payload)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Messages_SplitAnywhere_ArriveWhole(int size)
    {
        await using var hostile = await ConnectAsync(new KodamaClientOptions());
        byte[] wire =
        [
            .. RawFrame.Head(RawFrame.TextOpcode, 0), .. RawFrame.Head(RawFrame.TextOpcode, 6), .. "木霊"u8,
            .. RawFrame.Head(RawFrame.BinaryOpcode, 1), 7,
        ];

        foreach (var piece in wire.Chunk(size)) await hostile.Peer.SendAsync(piece);

        Assert.Equal("", await hostile.Client.ReceiveTextAsync());
        Assert.Equal("木霊", await hostile.Client.ReceiveTextAsync());
        Assert.Equal([7], (await hostile.Client.ReceiveAsync()).Bytes.ToArray());
    }

    private static async Task<Pair> ConnectAsync(KodamaClientOptions options)
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address, options);
        var peer = await server.AcceptWebSocketAsync();
        return new Pair(await connecting.Within(), peer);
    }

    private sealed record Pair(KodamaClient Client, RawPeer Peer) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Peer.Dispose();
            await Client.DisposeAsync().AsTask().Within();
        }
    }
}
