using System.Text;

namespace Kodama.Core.Tests;

/// <summary>The way of a message allocates nothing once it is warm. Alone: other tests would empty the pools, which are the
/// process's.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public class AllocationTests
{
    private const int Messages = 2_000;

    private static readonly byte[] Json = """{"type":"chat","value":"hello there, how are you?"}"""u8.ToArray();

    [Theory]
    [InlineData("none")]
    [InlineData("rate")]
    [InlineData("size")]
    [InlineData("words")]
    [InlineData("json")]
    [InlineData("kind")]
    [InlineData("lambda")]
    public async Task Publish_SteadyState_AllocatesNothing(string rule)
    {
        var hub = new Hub(rules: RulesOf(rule));
        var speaker = await hub.ComeAsync();
        for (var i = 0; i < 20; i++) await hub.ComeAsync(link: new TestLink { Discards = true });

        Assert.Equal(0, Measure(() => Publish(hub, speaker)));
        Assert.Equal(0, hub.Counts.Dropped);
    }

    [Fact]
    public async Task Publish_ToPeersOfTwoFormats_AllocatesNothing()
    {
        var hub = new Hub();
        var other = new LengthPrefixed("");
        var speaker = await hub.ComeAsync();
        for (var i = 0; i < 20; i++)
            await hub.ComeAsync(link: new TestLink { Discards = true }, encoder: i % 2 == 0 ? other : LengthPrefixed.Plain);

        Assert.Equal(0, Measure(() => Publish(hub, speaker)));
    }

    [Fact]
    public async Task Send_OfTheHubToARoom_AllocatesNothing()
    {
        var hub = new Hub();
        var room = (await hub.ComeAsync(link: new TestLink { Discards = true })).Room;
        var payload = Payload.OfText(Encoding.UTF8.GetBytes("hello"));

        Assert.Equal(0, Measure(() =>
        {
            for (var i = 0; i < Messages; i++) room.Send(payload);
        }));
    }

    private static HubRules RulesOf(string rule) => rule switch
    {
        "rate" => new HubRules().RateLimit(1_000_000, TimeSpan.FromSeconds(1)),
        "size" => new HubRules().MaxMessageSize(1000),
        "words" => new HubRules().BanWords(["bad", "worse"]),
        "json" => new HubRules().RequireJson("type", "value"),
        "kind" => new HubRules().TextOnly(),
        "lambda" => new HubRules().Filter(static message =>
            message.Payload.Bytes.Length > 0 ? FilterResult.Pass : FilterResult.Drop("empty")),
        _ => new HubRules(),
    };

    private static void Publish(Hub hub, TestPeer speaker)
    {
        var batch = FlushBatch.Rent();
        for (var i = 0; i < Messages; i++)
        {
            var published = hub.PublishAsync(speaker.Peer, speaker.Room, Payload.OfText(Json), Message.DefaultEvent, batch);
            if (!published.IsCompletedSuccessfully || published.Result.Receivers != 20)
                throw new InvalidOperationException("Not published.");
            if (i % 16 == 0) batch.Flush();
        }
        batch.Dispose();
    }

    /// <summary>The least of a few runs, as the runtime allocates for itself now and then while it warms up.</summary>
    private static long Measure(Action run)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 6; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
