using Kodama.Testing;

namespace Kodama.Core.Tests;

/// <summary>A crowd is sent to in one go and then left alone for a while: what comes meanwhile waits, and is not forgotten.</summary>
public class CrowdFlushTests
{
    private const int Many = CrowdFlush.Smallest + 1;

    private static readonly TimeSpan Took = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Rest = CrowdFlush.RestAfter(Took);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly FakeClock clock = new();

    [Fact]
    public async Task Publish_RightBehindTheFlushOfACrowd_WaitsAndLeavesInOneSend()
    {
        var (speaker, crowd) = await GatherAsync();
        await speaker.SayAsync("one");
        Assert.All(crowd, peer => Assert.Equal(["one"], peer.Received));

        await speaker.SayAsync("two");
        await speaker.SayAsync("three");
        clock.Advance(Rest - Moment);
        Assert.All(crowd, peer => Assert.Equal(["one"], peer.Received));

        clock.Advance(Moment);
        Assert.All(crowd, peer => Assert.Equal(["one", "two", "three"], peer.Received));
        Assert.All(crowd, peer => Assert.Equal(2, peer.Link.Sends.Count));
    }

    [Fact]
    public async Task Publish_WhenTheCrowdHasRested_LeavesAtOnce()
    {
        var (speaker, crowd) = await GatherAsync();
        await speaker.SayAsync("one");
        clock.Advance(Rest);

        await speaker.SayAsync("two");

        Assert.All(crowd, peer => Assert.Equal(["one", "two"], peer.Received));
    }

    [Fact]
    public async Task Publish_OfMuch_DoesNotWait()
    {
        var (speaker, crowd) = await GatherAsync();
        await speaker.SayAsync("one");
        var much = new string('m', 40 * 1024);

        await speaker.SayAsync(much);
        Assert.Single(crowd[0].Received);
        await speaker.SayAsync(much);

        Assert.All(crowd, peer => Assert.Equal(3, peer.Received.Count));
    }

    [Fact]
    public async Task Few_WhileACrowdRests_GetTheirsAtOnce()
    {
        var (speaker, crowd) = await GatherAsync();
        var (one, other) = (await speaker.Peer.Hub.ComeAsync("few"), await speaker.Peer.Hub.ComeAsync("few"));
        await speaker.SayAsync("one");

        await one.SayAsync("hello");

        Assert.Equal(["hello"], other.Received);
    }

    [Fact]
    public async Task Rule_ThatPublishesWhileAPeerIsEnded_IsHeardByTheCrowd()
    {
        var batch = FlushBatch.Rent();
        TestPeer? speaker = null;
        var rules = new HubRules();
        rules.Validators.Add(new Farewell(_ =>
            speaker!.Peer.Hub.PublishAsync(speaker.Peer, speaker.Room, "one left", Message.DefaultEvent, batch).AsTask()));
        var hub = new Hub(new HubOptions { Outbox = { MaxFrames = 3 } }, rules, clock);
        speaker = await hub.ComeAsync();
        var crowd = new List<TestPeer>();
        for (var i = 0; i < Many; i++) crowd.Add(await hub.ComeAsync());
        await hub.ComeAsync(link: new TestLink { DrainsOnFlush = false });

        for (var i = 0; i < 4; i++)
        {
            await hub.PublishAsync(speaker.Peer, speaker.Room, "hello", Message.DefaultEvent, batch);
            if (i == 3) batch.Dispose();
            else batch.Flush();
        }

        Assert.All(crowd, peer => Assert.Equal(["hello", "hello", "hello", "hello", "one left"], peer.Received));
    }

    [Fact]
    public async Task Link_ThatThrows_KeepsNobodyFromTheirs()
    {
        var (speaker, crowd) = await GatherAsync();
        crowd[^2].Link.Flushing = () => throw new InvalidOperationException("This door is broken.");

        await speaker.SayAsync("one");
        clock.Advance(Rest);
        await speaker.SayAsync("two");

        Assert.All(crowd.Where(peer => peer != crowd[^2]), peer => Assert.Equal(["one", "two"], peer.Received));
    }

    [Fact]
    public async Task ManySpeakers_ThatRace_AreHeardByAllInOneOrder()
    {
        const int Speakers = 4;
        const int Each = 200;
        var hub = new Hub();
        var crowd = new List<TestPeer>();
        for (var i = 0; i < Many; i++) crowd.Add(await hub.ComeAsync());
        var speakers = new List<TestPeer>();
        for (var i = 0; i < Speakers; i++) speakers.Add(await hub.ComeAsync());

        await Task.WhenAll(speakers.Select((speaker, s) => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++) await speaker.SayAsync($"{s}:{i}");
        }))).WithDeadline();
        await Kodama.Testing.Deadline.UntilAsync(() => crowd.TrueForAll(peer => peer.Received.Count == Speakers * Each));

        Assert.All(crowd, peer => Assert.Equal(crowd[0].Received, peer.Received));
        foreach (var said in crowd[0].Received.GroupBy(text => text.Split(':')[0]))
            Assert.Equal(Enumerable.Range(0, Each).Select(i => $"{said.Key}:{i}"), said);
    }

    /// <summary>A speaker and a crowd that takes its time to be flushed.</summary>
    private async Task<(TestPeer Speaker, List<TestPeer> Crowd)> GatherAsync()
    {
        var hub = new Hub(time: clock);
        var crowd = new List<TestPeer>();
        for (var i = 0; i < Many; i++) crowd.Add(await hub.ComeAsync());
        var speaker = await hub.ComeAsync();
        crowd[^1].Link.Flushing = () => clock.Advance(Took);
        return (speaker, crowd);
    }
}
