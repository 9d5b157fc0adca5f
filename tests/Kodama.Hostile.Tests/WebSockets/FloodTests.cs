using Kodama.Testing;

namespace Kodama.Hostile.Tests.WebSockets;

/// <summary>More of what is allowed than anybody needs.</summary>
public sealed class FloodTests(Siege siege) : IClassFixture<Siege>
{
    [Fact]
    public Task Fragments_OfOneByte_AreTooMany() =>
        EndsAsync(1009, Begun(), Many(RawFrame.Masked(RawFrame.Continuation, "x"u8, fin: false), 10_000));

    [Fact]
    public Task Fragments_OfNothing_AreTooMany() =>
        EndsAsync(1009, Begun(), Many(RawFrame.Masked(RawFrame.Continuation, [], fin: false), 100_000));

    [Fact]
    public Task Pings_WhoseAnswersNobodyReads() => FloodsAsync(RawFrame.Masked(RawFrame.PingOpcode, new byte[125]), 10_000);

    [Fact]
    public Task Pongs_ThatNobodyAskedFor() => FloodsAsync(RawFrame.Masked(RawFrame.PongOpcode, new byte[125]), 10_000);

    [Fact]
    public Task Pings_BetweenFragments() =>
        FloodsAsync([.. Begun(), .. RawFrame.Masked(RawFrame.PingOpcode, []), .. RawFrame.Masked(RawFrame.Continuation, [])], 10_000);

    [Fact]
    public Task Closes_OneBehindAnother() => EndsAsync(1000, [], Many(RawFrame.OfClose(1000), 10_000));

    [Fact]
    public Task Messages_BehindAClose() => EndsAsync(1000, RawFrame.OfClose(1000), Many(RawFrame.OfText("not heard"), 50_000));

    [Fact]
    public Task Messages_Empty() => FloodsAsync(RawFrame.OfText(""), 50_000);

    [Fact]
    public Task Messages_OfManyPublishers() => siege.WithstandsAsync(async () =>
    {
        await using var readers = await Crowd.GatherAsync(20, () => siege.JoinAsync("/ws/flooded"));
        await using var publishers = await Crowd.GatherAsync(20, () => siege.JoinAsync("/ws/flooded"));
        var reading = readers.EachAsync(reader => reader.WaitForEndAsync());
        var flood = Many(RawFrame.OfText(new string('m', 100)), 2000);
        await publishers.EachAsync(publisher => publisher.SendAsync(flood));
        readers.Reset();
        await reading;
    });

    [Fact]
    public Task Messages_AsLargeAsTheyMayBe() => siege.WithstandsAsync(async () =>
    {
        await using var publishers = await Crowd.GatherAsync(10, () => siege.JoinAsync("/ws/large"));
        var message = RawFrame.Masked(RawFrame.BinaryOpcode, new byte[1 << 20]);
        await publishers.EachAsync(async publisher =>
        {
            for (var i = 0; i < 10; i++) await publisher.SendAsync(message);
        });
    });

    [Fact]
    public Task Rooms_JoinedAndLeft() => siege.WithstandsAsync(async () =>
    {
        await using var witness = await siege.JoinAsync("/ws/revolving");
        for (var round = 0; round < 5; round++)
        {
            await using var crowd = await Crowd.GatherAsync(100, () => siege.JoinAsync("/ws/revolving"));
            crowd.Reset();
        }
    });

    private static byte[] Begun() => RawFrame.Masked(RawFrame.TextOpcode, "x"u8, fin: false);

    private static byte[] Many(byte[] frame, int count) => [.. Enumerable.Repeat(frame, count).SelectMany(f => f)];

    private Task EndsAsync(int code, byte[] first, byte[] flood) => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.JoinAsync();
        await Crowd.ToleratesEndAsync(() => client.SendAsync([.. first, .. flood]));
        Assert.Equal(code, (await client.ReadCloseAsync()).CloseCode);
    });

    // Some do not read: what the hub owes them is bounded, or they are cut off.
    private Task FloodsAsync(byte[] frame, int count) => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(20, () => siege.JoinAsync(receiveBuffer: 4096));
        var flood = Many(frame, count);
        await crowd.EachAsync(client => client.SendAsync(flood));
    });
}
