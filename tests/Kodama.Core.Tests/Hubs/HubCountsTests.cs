namespace Kodama.Core.Tests;

public class HubCountsTests
{
    [Fact]
    public async Task Counts_AfterPeersAndRoomsHaveGone_StillAddUp()
    {
        var hub = new Hub(
            new HubOptions
            {
                Log = { KeepEmpty = TimeSpan.Zero },
                Outbox = new() { MaxFrames = 2 },
                Rooms = { ["drop"] = new() { SlowPeers = SlowPeerPolicy.DropOldest } },
            },
            new HubRules().Filter(message => message.Payload.ToString() != "no", "no").Validate(peer => peer.Details.Count == 0, "no"));
        var (speaker, listener) = (await hub.ComeAsync("drop"), await hub.ComeAsync("drop"));
        var stuck = await hub.ComeAsync("drop", new TestLink { DrainsOnFlush = false });
        await hub.TryComeAsync(details: [("a", "b")]);
        for (var i = 0; i < 5; i++) await speaker.SayAsync("1234");
        await speaker.SayAsync("no");
        hub.Send("12345678");
        var before = hub.Counts;

        foreach (var peer in new[] { speaker, listener, stuck }) peer.Go();

        // 5 messages of 4 + 4 bytes to two peers, 1 of 4 + 8 to three; a filter dropped 1, and the stuck peer lost all 4 but its head and
        // the last.
        Assert.Equal(new HubCounts(3, 1, 6, 13, 116, 5, 1), before);
        Assert.Equal(before with { Peers = 0, Rooms = 0 }, hub.Counts);
        Assert.Equal(6, speaker.Peer.MessagesIn);
        Assert.Equal(6, listener.Peer.MessagesOut);
    }

    [Fact]
    public async Task Counts_WhileRoomsAreBusy_WaitForNone()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        await yui.SayAsync("x");

        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var release = new ManualResetEventSlim();
        var holding = Task.Run(() =>
        {
            lock (yui.Room.Gate)
            {
                held.SetResult();
                release.Wait(Deadline.Limit);
            }
        });
        await held.Task.WithDeadline();
        var counting = Task.Run(() => hub.Counts);
        var first = await Task.WhenAny(counting, holding);
        release.Set();

        Assert.Same(counting, first);
        Assert.Equal(1, (await counting).MessagesIn);
    }

    [Fact]
    public void Counts_WhileRoomsComeAndGo_NeverGoBackAndEndExact()
    {
        const int rounds = 2_000;
        var hub = new Hub(new HubOptions { Log = { KeepEmpty = TimeSpan.Zero } });
        var done = false;
        Race.Run(
            () =>
            {
                for (var i = 0; i < rounds; i++)
                {
                    var guest = hub.ComeAsync().GetAwaiter().GetResult();
                    guest.Room.Send("x");
                    guest.Go();
                }
                Volatile.Write(ref done, true);
            },
            () =>
            {
                var last = default(HubCounts);
                while (!Volatile.Read(ref done))
                {
                    var now = hub.Counts;
                    Assert.True(
                        now.MessagesIn >= last.MessagesIn && now.MessagesOut >= last.MessagesOut && now.BytesOut >= last.BytesOut,
                        $"{last} -> {now}");
                    last = now;
                }
            });

        Assert.Equal(new HubCounts(0, 0, rounds, rounds, rounds * 5, 0, 0), hub.Counts);
    }
}
