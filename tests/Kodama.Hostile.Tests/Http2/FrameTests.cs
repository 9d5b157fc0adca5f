namespace Kodama.Hostile.Tests.Http2;

/// <summary>Floods of frames that each cost the sender nothing, and frames that RFC 9113 forbids.</summary>
public sealed class FrameTests(SecureSiege siege) : IClassFixture<SecureSiege>
{
    private const int Many = 20_000;
    private const int LargestFrame = 16 * 1024;

    [Fact]
    public Task Cve_2019_9512_PingFlood_Unread() => FloodsAsync(Http2Frame.Of(Http2Frame.Ping, 0, 0, new byte[8]));

    [Fact]
    public Task Cve_2019_9515_SettingsFlood_Unread() => FloodsAsync(Http2Frame.Settings());

    [Fact]
    public Task Cve_2019_9513_PriorityFlood() => FloodsAsync(Http2Frame.Of(Http2Frame.Priority, 0, 1, [0, 0, 0, 3, 16]));

    [Fact]
    public Task WindowUpdateFlood() => FloodsAsync(Http2Frame.Number(Http2Frame.WindowUpdate, 0, 1));

    [Fact]
    public Task UnknownFrames() => FloodsAsync(Http2Frame.Of(99, 0xFF, 1, new byte[100]));

    [Fact]
    public Task Cve_2019_9514_ResetFlood_OfStreamsThatAreClosed() => FloodsAsync(Http2Frame.Number(Http2Frame.Reset, 1, 8), opens: true);

    [Fact]
    public Task Cve_2019_9518_EmptyDataFlood() => FloodsAsync(Http2Frame.Of(Http2Frame.Data, 0, 1, []), opens: true);

    [Fact]
    public Task Cve_2019_9516_HeadersWithoutNames() => siege.WithstandsAsync(async () =>
    {
        await using var client = await Http2Client.ConnectAsync(siege.Hub);
        var nameless = Enumerable.Repeat((byte[])[0, 0, 0], 4000).SelectMany(field => field).ToArray();
        await Crowd.ToleratesEndAsync(() => client.SendAsync(Http2Frame.Of(Http2Frame.Headers, Http2Frame.EndHeaders, 1, nameless)));
        await client.IsReadAsync();
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(LargestFrame)]
    public Task Cve_2024_27316_ContinuationFlood(int size) => siege.WithstandsAsync(async () =>
    {
        await using var client = await Http2Client.ConnectAsync(siege.Hub);
        // Headers that never end. The filler is a name that has begun and goes on.
        byte[] begun = [0, 0x7F, 0xFF, 0xFF, 0x7F];
        var more = Http2Frame.Of(Http2Frame.Continuation, 0, 1, new byte[size]);
        await Crowd.ToleratesEndAsync(async () =>
        {
            await client.SendAsync(Http2Frame.Of(Http2Frame.Headers, 0, 1, begun));
            for (var sent = 0; sent < Many; sent += 100) await client.SendAsync(Repeated(more, size > 1000 ? 1 : 100));
        });
        Assert.False(await client.IsReadAsync(), "The hub still listens.");
    });

    [Fact]
    public Task Cve_2016_6581_HpackBomb() => siege.WithstandsAsync(async () =>
    {
        await using var client = await Http2Client.ConnectAsync(siege.Hub);
        // One field of 4,000 bytes, kept, and then a byte for each time that it comes again.
        byte[] block = [.. client.Get(), .. Hpack.Kept("bomb", new string('b', 4000)), .. Enumerable.Repeat(Hpack.Newest, 10_000)];
        await Crowd.ToleratesEndAsync(() => client.SendAsync(Http2Frame.Of(Http2Frame.Headers,
            Http2Frame.EndHeaders | Http2Frame.EndStream, 1, block)));
        Assert.False(await client.IsOpenedAsync(1));
    });

    [Theory]
    [InlineData("huge integer", new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F })]
    [InlineData("entry that is not there", new byte[] { 0xFE })]
    [InlineData("entry 0", new byte[] { 0x80 })]
    [InlineData("table larger than allowed", new byte[] { 0x3F, 0xE1, 0xFF, 0xFF, 0x7F })]
    [InlineData("Huffman code that ends too early", new byte[] { 0, 0x81, 0xFF, 0x81, 0xFF })]
    [InlineData("value longer than the block", new byte[] { 0, 1, 0x61, 0x7F, 0xFF, 0x01 })]
    public Task Cve_2023_36478_HpackThatLies_EndsTheConnection(string what, byte[] block) => EndsAsync(
        what, Http2Frame.Of(Http2Frame.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, 1, block));

    [Theory]
    [InlineData("data on no stream", Http2Frame.Data, 0, 0, 10)]
    [InlineData("data on a stream that is not open", Http2Frame.Data, 0, 1, 10)]
    [InlineData("headers on no stream", Http2Frame.Headers, Http2Frame.EndHeaders, 0, 10)]
    [InlineData("headers on a stream of the hub's", Http2Frame.Headers, Http2Frame.EndHeaders, 2, 10)]
    [InlineData("reset of a stream that is not open", Http2Frame.Reset, 0, 1, 4)]
    [InlineData("reset of 3 bytes", Http2Frame.Reset, 0, 1, 3)]
    [InlineData("settings on a stream", Http2Frame.SettingsType, 0, 1, 6)]
    [InlineData("settings of 5 bytes", Http2Frame.SettingsType, 0, 0, 5)]
    [InlineData("push from a client", Http2Frame.PushPromise, Http2Frame.EndHeaders, 1, 10)]
    [InlineData("ping of 7 bytes", Http2Frame.Ping, 0, 0, 7)]
    [InlineData("ping on a stream", Http2Frame.Ping, 0, 1, 8)]
    [InlineData("window of 3 bytes", Http2Frame.WindowUpdate, 0, 0, 3)]
    [InlineData("window of nothing", Http2Frame.WindowUpdate, 0, 0, 4)]
    [InlineData("continuation of nothing", Http2Frame.Continuation, 0, 1, 10)]
    [InlineData("priority of 4 bytes", Http2Frame.Priority, 0, 1, 4)]
    [InlineData("frame larger than allowed", Http2Frame.Data, 0, 0, LargestFrame + 1)]
    [InlineData("padding longer than the frame", Http2Frame.Headers, Http2Frame.EndHeaders | Http2Frame.Padded, 1, 1)]
    public Task Cve_2021_1723_Forbidden_EndsTheConnection(string what, byte type, byte flags, int streamId, int length)
    {
        var payload = new byte[length];
        if ((flags & Http2Frame.Padded) != 0) payload[0] = 0xFF;
        return EndsAsync(what, Http2Frame.Of(type, flags, streamId, payload));
    }

    [Fact]
    public Task Settings_ThatOverflowWindows() => EndsAsync("settings", Http2Frame.Settings((Http2Frame.InitialWindowSize, uint.MaxValue)));

    [Fact]
    public Task Settings_TablesAsLargeAsNumbersCanBe() => siege.WithstandsAsync(async () =>
    {
        await using var client = await Http2Client.ConnectAsync(siege.Hub, (Http2Frame.HeaderTableSize, uint.MaxValue),
            (Http2Frame.InitialWindowSize, int.MaxValue));
        await client.SendAsync(Http2Frame.Of(Http2Frame.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, 1, client.Get()));
        Assert.NotNull(await client.ReadAsync(Http2Frame.Headers));
    });

    [Fact]
    public Task GoAway_ThenMore() => siege.WithstandsAsync(async () =>
    {
        await using var client = await Http2Client.ConnectAsync(siege.Hub);
        await client.SendAsync(Http2Frame.Of(Http2Frame.GoAway, 0, 0, new byte[8]));
        await Crowd.ToleratesEndAsync(() => client.SendAsync(Http2Frame.Of(Http2Frame.Headers,
            Http2Frame.EndHeaders | Http2Frame.EndStream, 1, client.Get())));
        await client.IsReadAsync();
    });

    [Fact]
    public Task Prefaces_Held() => siege.WithstandsAsync(async () =>
    {
        var clients = new List<Http2Client>();
        for (var i = 0; i < 50; i++) clients.Add(await Http2Client.ConnectAsync(siege.Hub));
        await siege.StillEchoesAsync();
        foreach (var client in clients) await client.DisposeAsync();
    });

    private static byte[] Repeated(byte[] frame, int count) => [.. Enumerable.Repeat(frame, count).SelectMany(f => f)];

    // Nobody reads the answers: Kestrel ends the connection when too many wait.
    private Task FloodsAsync(byte[] frame, bool opens = false) => siege.WithstandsAsync(async () =>
    {
        await using var client = await Http2Client.ConnectAsync(siege.Hub);
        if (opens) await client.SendAsync(Http2Frame.Of(Http2Frame.Headers, Http2Frame.EndHeaders, 1, client.Post()));
        var flood = Repeated(frame, 100);
        await Crowd.ToleratesEndAsync(async () =>
        {
            for (var sent = 0; sent < Many; sent += 100) await client.SendAsync(flood);
        });
        await client.IsReadAsync();
    });

    private Task EndsAsync(string what, byte[] frame) => siege.WithstandsAsync(async () =>
    {
        Assert.NotEmpty(what);
        await using var client = await Http2Client.ConnectAsync(siege.Hub);
        await client.SendAsync(frame);
        Assert.False(await client.IsReadAsync(), "The hub still listens.");
    });
}
