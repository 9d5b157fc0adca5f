namespace Kodama.Core.Tests;

/// <summary>What has been put in outboxes leaves before anybody's code runs.</summary>
public class FlushBatchTests
{
    [Fact]
    public async Task Filter_ThatBlocks_KeepsNobodyFromWhatWasPublishedBefore()
    {
        using var entered = new SemaphoreSlim(0);
        using var gate = new SemaphoreSlim(0);
        var hub = new Hub(rules: new HubRules().Filter(message =>
        {
            if (message.Payload.ToString() != "blocks") return FilterResult.Pass;
            entered.Release();
            gate.Wait(Deadline.Limit);
            return FilterResult.Pass;
        }));
        var (speaker, other, listener) = (await hub.ComeAsync(), await hub.ComeAsync(), await hub.ComeAsync());

        var speaking = Task.Run(async () =>
        {
            using var batch = FlushBatch.Rent();
            await hub.PublishAsync(speaker.Peer, speaker.Room, "first", Message.DefaultEvent, batch);
            await hub.PublishAsync(speaker.Peer, speaker.Room, "blocks", Message.DefaultEvent, batch);
        });
        await entered.WaitAsync().WithDeadline();
        await other.SayAsync("second");

        Assert.Equal(["first", "second"], listener.Received);
        gate.Release();
        await speaking.WithDeadline();
        Assert.Equal(["first", "second", "blocks"], listener.Received);
    }

    [Fact]
    public async Task Filters_OfTheHubsOwn_LeaveWhatOneReadBroughtInOneSend()
    {
        var rules = new HubRules().MaxMessageSize(100).BanWords(["pest"]).RequireJson("n").TextOnly().RateLimit(9, TimeSpan.FromSeconds(1));
        var hub = new Hub(rules: rules);
        var (speaker, listener) = (await hub.ComeAsync(), await hub.ComeAsync());
        var batch = FlushBatch.Rent();

        for (var i = 0; i < 3; i++) await hub.PublishAsync(speaker.Peer, speaker.Room, $$"""{"n":{{i}}}""", Message.DefaultEvent, batch);
        batch.Dispose();

        Assert.Equal(3, listener.Received.Count);
        Assert.Single(listener.Link.Sends);
    }

    [Fact]
    public async Task Release_ThatPublishesThroughTheBatchThatEndsItsPeer_IsHeard()
    {
        var batch = FlushBatch.Rent();
        TestPeer? speaker = null;
        var rules = new HubRules();
        rules.Validators.Add(new Farewell(peer =>
            _ = peer.Hub.PublishAsync(speaker!.Peer, speaker.Room, "one left", Message.DefaultEvent, batch).AsTask()));
        var hub = new Hub(new HubOptions { Outbox = { MaxFrames = 3 } }, rules);
        speaker = await hub.ComeAsync();
        var listener = await hub.ComeAsync();
        var stuck = new List<TestPeer>();
        for (var i = 0; i < 2; i++) stuck.Add(await hub.ComeAsync(link: new TestLink { DrainsOnFlush = false }));

        for (var i = 0; i < 4; i++)
        {
            await hub.PublishAsync(speaker.Peer, speaker.Room, "hello", Message.DefaultEvent, batch);
            if (i < 3) listener.Link.Drain();
        }
        batch.Dispose();

        foreach (var peer in stuck) Assert.Equal(CloseReason.TooSlow, await peer.Link.Closed.WithDeadline());
        Assert.Equal(["hello", "hello", "hello", "hello", "one left", "one left"], listener.Received);
    }

    [Fact]
    public async Task Encoder_ThatThrows_LetsTheFramesOfTheOthersGo()
    {
        var hub = new Hub();
        var first = new KeepingEncoder();
        var second = new LengthPrefixed { WhileEncoding = () => throw new InvalidOperationException("This encoder is broken.") };
        var speaker = await hub.ComeAsync(encoder: first);
        await hub.ComeAsync(encoder: second);

        await Assert.ThrowsAsync<InvalidOperationException>(() => speaker.SayAsync(new string('x', 100_000)));

        Assert.Equal(0, first.Last.Chunk!.References);
    }

    private sealed class KeepingEncoder : IMessageEncoder
    {
        public Frame Last { get; private set; }

        public Frame Encode(in Message message) => Last = Frame.Copy(message.Payload.Bytes.Span);
    }
}
