namespace Kodama.Core.Tests;

/// <summary>Rules that take time.</summary>
public class SlowRuleTests
{
    [Fact]
    public async Task Filter_ThatWaits_KeepsThePeersOrderAndLetsOthersGoOn()
    {
        var gate = new TaskCompletionSource<FilterResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var hub = new Hub(
            rules: new HubRules().Filter((message, _) => message.Payload.ToString() == "slow 1" ? new(gate.Task) : new(FilterResult.Pass)));
        var (slow, quick, listener) = (await hub.ComeAsync(), await hub.ComeAsync(), await hub.ComeAsync());

        var speaking = SpeakAsync(slow);
        await quick.SayAsync("quick 1");
        await quick.SayAsync("quick 2");
        Assert.Equal(["slow 0", "quick 1", "quick 2"], listener.Received);
        gate.SetResult(FilterResult.Pass);
        await speaking.WithDeadline();

        Assert.Equal(["slow 0", "quick 1", "quick 2", "slow 1", "slow 2"], listener.Received);

        static async Task SpeakAsync(TestPeer peer)
        {
            for (var i = 0; i < 3; i++) await peer.SayAsync($"slow {i}");
        }
    }

    [Fact]
    public async Task Filter_ThatWaits_FlushesTheBatchFirst()
    {
        var gate = new TaskCompletionSource<FilterResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var hub = new Hub(
            rules: new HubRules().Filter((message, _) => message.Payload.ToString() == "waits" ? new(gate.Task) : new(FilterResult.Pass)));
        var (speaker, listener) = (await hub.ComeAsync(), await hub.ComeAsync());
        var batch = FlushBatch.Rent();
        await hub.PublishAsync(speaker.Peer, speaker.Room, "first", Message.DefaultEvent, batch);
        Assert.Empty(listener.Received);

        var waiting = hub.PublishAsync(speaker.Peer, speaker.Room, "waits", Message.DefaultEvent, batch).AsTask();

        Assert.Equal(["first"], listener.Received);
        gate.SetResult(FilterResult.Pass);
        Assert.Equal(2, (await waiting.WithDeadline()).Offset);
        Assert.Equal(["first"], listener.Received);
        batch.Dispose();
        Assert.Equal(["first", "waits"], listener.Received);
    }

    [Fact]
    public async Task Filter_RoomVanishesWhileItWaits_PublishesNowhere()
    {
        var gate = new TaskCompletionSource<FilterResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var hub = new Hub(rules: new HubRules().Filter((_, _) => new(gate.Task)));
        var speaker = await hub.ComeAsync();
        var speaking = speaker.SayAsync("too late");
        speaker.Go();
        var next = await hub.ComeAsync();

        gate.SetResult(FilterResult.Pass);

        Assert.Equal(RefusalCode.RoomGone, (await speaking.WithDeadline()).Code);
        Assert.Empty(next.Received);
        Assert.Equal(0, hub.Counts.MessagesIn);
    }

    [Fact]
    public async Task Validate_ThatWaits_HoldsASeatAndLetsOthersIn()
    {
        var gate = new TaskCompletionSource<PeerVerdict>(TaskCreationOptions.RunContinuationsAsynchronously);
        var hub = new Hub(new HubOptions { MaxPeers = 2 }, new HubRules().Validate((peer, _) =>
            peer.Details.ContainsKey("slow") ? new(gate.Task) : new(PeerVerdict.Accepted)));

        var slow = hub.TryComeAsync(details: [("slow", "1")]);
        await hub.ComeAsync();
        Assert.Equal("The hub is full: it takes 2 peers.", (await hub.TryComeAsync()).Refusal.Text);
        gate.SetResult(PeerVerdict.Accepted);

        Assert.True((await slow).IsAccepted);
    }

    [Fact]
    public async Task Rules_ClientThatGoesWhileTheyWait_IsNoErrorInTheLog()
    {
        var log = new RecordingLogger();
        using var gone = new CancellationTokenSource();
        var never = new TaskCompletionSource();
        var rules = new HubRules().Validate(async (_, cancellationToken) =>
        {
            await never.Task.WaitAsync(cancellationToken);
            return PeerVerdict.Accepted;
        });
        var hub = new Hub(rules: rules, logger: log);

        var coming = hub.TryComeAsync(cancellationToken: gone.Token);
        await gone.CancelAsync();

        Assert.Equal(CloseReason.Refused, (await coming).Refusal);
        Assert.Empty(log.Entries);
        Assert.Equal(0, hub.PeerCount);
    }

    [Fact]
    public async Task Connected_PeerThatGoesMeanwhile_IsToldBeforeDisconnected()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource();
        var log = new List<string>();
        Peer? early = null;
        var hub = new Hub(rules: new HubRules()
            .OnConnected(async peer =>
            {
                early = peer;
                await gate.Task;
                log.Add("connected");
            })
            .OnDisconnected((_, reason) =>
            {
                log.Add($"disconnected {reason.Code}");
                ended.SetResult();
            }));

        var coming = hub.TryComeAsync();
        early!.Disconnect();
        gate.SetResult();
        var admission = await coming;
        await ended.Task.WithDeadline();

        Assert.Equal(["connected", "disconnected 4001"], log);
        Assert.False(admission.Peer!.IsConnected);
        Assert.Equal(JoinResult.Gone, hub.Join(admission.Peer, "lobby"));
    }

    [Fact]
    public async Task Connected_RacingWithDisconnects_AlwaysComesFirstAndEachOnce()
    {
        var log = new System.Collections.Concurrent.ConcurrentQueue<(string Id, string What)>();
        var told = new CountdownEvent(300);
        var hub = new Hub(rules: new HubRules()
            .OnConnected(peer => log.Enqueue((peer.Id, "connected")))
            .OnDisconnected((peer, _) =>
            {
                log.Enqueue((peer.Id, "disconnected"));
                told.Signal();
            }));
        var come = () =>
        {
            for (var i = 0; i < 100; i++)
            {
                var admission = hub.TryComeAsync().GetAwaiter().GetResult();
                if (admission.IsAccepted) admission.Peer.Disconnect();
            }
        };

        Race.Run(come, come, come, () =>
        {
            while (!told.IsSet)
            {
                foreach (var peer in hub.Peers) peer.Disconnect();
            }
        });

        Assert.Equal(600, log.Count);
        Assert.All(log.GroupBy(l => l.Id), peer => Assert.Equal(["connected", "disconnected"], peer.Select(l => l.What)));
        Assert.Equal(0, hub.PeerCount);
        Assert.True((await hub.TryComeAsync()).IsAccepted);
    }
}
