using System.IO.Compression;
using Kodama.Testing;

namespace Kodama.Hostile.Tests.WebSockets;

/// <summary>permessage-deflate (RFC 7692) from clients that mean no good.</summary>
public sealed class CompressionTests(Siege siege) : IClassFixture<Siege>
{
    private const string Offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    private const int Compressed = 0x40;
    private const int Most = 1 << 20;

    [Fact]
    public Task Bomb_OfZeros() => EndsAsync(1009, Deflate(new byte[256 << 20]));

    [Fact]
    public Task Bomb_InFragments() => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.JoinAsync(headers: Offer);
        var bomb = Deflate(new byte[64 << 20]);
        await client.SendAsync(RawFrame.Masked(Compressed | RawFrame.BinaryOpcode, bomb.AsSpan(0, 1000), fin: false));
        await Crowd.ToleratesEndAsync(() => client.SendAsync(RawFrame.Masked(RawFrame.Continuation, bomb.AsSpan(1000))));
        Assert.Equal(1009, (await client.ReadCloseAsync()).CloseCode);
    });

    [Fact]
    public Task Bombs_OfManyAtOnce() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(50, () => siege.JoinAsync(headers: Offer));
        var bomb = Frame(Deflate(new byte[64 << 20]));
        await crowd.EachAsync(client => client.SendAsync(bomb));
        await crowd.EachAsync(client => client.WaitForEndAsync());
    });

    [Fact]
    public Task Bombs_ThatAreJustAllowed() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(20, () => siege.JoinAsync(headers: Offer));
        // Each inflates to 1 MiB: a thousand times what it costs to send.
        var flood = Enumerable.Repeat(Frame(Deflate(new byte[Most])), 20).SelectMany(frame => frame).ToArray();
        await crowd.EachAsync(client => client.SendAsync(flood));
    });

    [Fact]
    public Task EmptyBlocks_Dynamic_AMebibyte() => FloodsAsync(Blocks(90_000, bits => bits.EmptyDynamicBlock()));

    [Fact]
    public Task EmptyBlocks_Fixed_AMebibyte() => FloodsAsync(Blocks(800_000, bits => bits.Add(0, 1).Add(1, 2).Code(0, 7)));

    [Fact]
    public Task EmptyBlocks_Stored_AMebibyte() =>
        FloodsAsync([.. Enumerable.Repeat((byte[])[0, 0, 0, 0xFF, 0xFF], 200_000).SelectMany(b => b)]);

    [Fact]
    public Task Distance_BeyondTheBeginning() =>
        EndsAsync(null, new DeflateBits().Add(0, 1).Add(1, 2).Literal((byte)'a').Code(1, 7).Code(29, 5).Add(0x1FFF, 13).ToArray());

    [Fact]
    public Task Distance_ThatDoesNotExist() =>
        EndsAsync(null, new DeflateBits().Add(0, 1).Add(1, 2).Literal((byte)'a').Code(1, 7).Code(30, 5).ToArray());

    [Fact]
    public Task Length_ThatDoesNotExist() =>
        EndsAsync(null, new DeflateBits().Add(0, 1).Add(1, 2).Literal((byte)'a').Code(0xC6, 8).ToArray());

    [Fact]
    public Task Block_OfTypeThree() => EndsAsync(null, [0x06]);

    [Fact]
    public Task Block_StoredWhoseLengthsDisagree() => EndsAsync(null, [0x00, 0x05, 0x00, 0x12, 0x34, 1, 2, 3, 4, 5]);

    [Fact]
    public Task Block_OfMoreCodesThanThereAre() =>
        EndsAsync(null, new DeflateBits().Add(0, 1).Add(2, 2).Add(31, 5).Add(31, 5).Add(15, 4).Add(0, 30).ToArray());

    [Fact]
    public Task Block_WhoseCodesAreOversubscribed()
    {
        var bits = new DeflateBits().Add(0, 1).Add(2, 2).Add(0, 5).Add(0, 5).Add(15, 4);
        for (var i = 0; i < 19; i++) bits.Add(1, 3);
        return EndsAsync(null, bits.ToArray());
    }

    [Fact]
    public Task Stream_ThatEndsTooEarly() => EndsAsync(null, Deflate(Random(1, 5000))[..2500]);

    [Fact]
    public Task Compressed_Control() => EndsRawAsync(1002, RawFrame.Masked(Compressed | RawFrame.PingOpcode, "x"u8));

    [Fact]
    public Task Compressed_FromTheSecondFragmentOn() => EndsRawAsync(
        1002, [.. RawFrame.Masked(RawFrame.TextOpcode, "x"u8, fin: false), .. RawFrame.Masked(Compressed | RawFrame.Continuation, "x"u8)]);

    [Fact]
    public Task Garbage_Seeded() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(100, () => siege.JoinAsync(headers: Offer));
        var seed = 0;
        await crowd.EachAsync(async client =>
        {
            await client.SendAsync(Frame(Random(Interlocked.Increment(ref seed), 3000)));
            client.CompleteSending();
            await client.WaitForEndAsync();
        });
    });

    [Theory]
    [InlineData("permessage-deflate; server_max_window_bits=0")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=99999999999999999999")]
    [InlineData("permessage-deflate; server_max_window_bits=-8")]
    [InlineData("permessage-deflate; client_max_window_bits=abc")]
    [InlineData("permessage-deflate; client_max_window_bits=\"8")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate;;;;")]
    [InlineData(";permessage-deflate")]
    [InlineData("\"permessage-deflate\"")]
    [InlineData(",,,,,,")]
    [InlineData("permessage-bzip2")]
    public Task Offer_ThatIsNone_IsDeclinedOrRefused(string offer) => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        await client.SendTextAsync(client.UpgradeHead("/ws/attacked", $"Sec-WebSocket-Extensions: {offer}\r\n"));
        var response = await client.ReadResponseAsync();
        Assert.True(response!.Status is 101 or 400, $"The hub answered {response.Status}.");
        Assert.Null(response.Header("Sec-WebSocket-Extensions"));
    });

    private static byte[] Frame(byte[] deflated) => RawFrame.Masked(Compressed | RawFrame.BinaryOpcode, deflated);

    private static byte[] Random(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Blocks(int count, Func<DeflateBits, DeflateBits> block)
    {
        var bits = new DeflateBits();
        for (var i = 0; i < count; i++) block(bits);
        return bits.ToArray();
    }

    private static byte[] Deflate(byte[] bytes)
    {
        using var deflated = new MemoryStream();
        using (var deflater = new DeflateStream(deflated, CompressionLevel.Fastest)) deflater.Write(bytes);
        return deflated.ToArray();
    }

    // Whether the hub inflates it all or refuses it, it does so beside the healthy peer.
    private Task FloodsAsync(byte[] deflated) => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(4, () => siege.JoinAsync(headers: Offer));
        var frame = Frame(deflated);
        await crowd.EachAsync(async client =>
        {
            await client.SendAsync(frame);
            await client.SendAsync(RawFrame.OfClose(1000));
            await client.WaitForEndAsync();
        });
    });

    /// <param name="code">Null: 1007 or 1002, for data that cannot be inflated.</param>
    /// <param name="deflated">The message.</param>
    private Task EndsAsync(int? code, byte[] deflated) => EndsRawAsync(code, Frame(deflated));

    private Task EndsRawAsync(int? code, byte[] frames) => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.JoinAsync(headers: Offer);
        await Crowd.ToleratesEndAsync(() => client.SendAsync(frames));
        var close = (await client.ReadCloseAsync()).CloseCode;
        Assert.True(code is null ? close is 1002 or 1007 : close == code, $"The hub closed with {close}.");
    });
}
