using Kodama.Testing;

namespace Kodama.Core.Tests;

public class HubTests
{
    [Fact]
    public async Task Join_FirstPeerAndLastLeave_RoomAppearsAndVanishes()
    {
        var hub = new Hub(new HubOptions { Log = { KeepEmpty = TimeSpan.Zero } });
        var guest = await hub.ComeAsync("lounge");
        var room = Assert.Single(hub.Rooms);
        guest.Room.Send("hello");

        guest.Go();

        Assert.Empty(hub.Rooms);
        Assert.Null(hub.FindRoom("lounge"));
        Assert.Equal(RefusalCode.RoomGone, room.Send("nobody there").Code);
        var again = (await hub.ComeAsync("lounge")).Room;
        Assert.NotEqual(room.Epoch, again.Epoch);
        Assert.Equal(0, again.Offset);
    }

    [Fact]
    public async Task Leave_RoomThatIsKeptWhenEmpty_KeepsEpochAndOffset()
    {
        var hub = new Hub(new HubOptions { Rooms = { ["lounge"] = new() { KeepWhenEmpty = true } } });
        var guest = await hub.ComeAsync("lounge");
        var room = guest.Room;
        room.Send("1");

        guest.Go();

        Assert.Equal(new PublishResult(2, 0), room.Send("2") with { Time = default });
        Assert.Same(room, (await hub.ComeAsync("lounge")).Room);
        Assert.Equal(2, room.Offset);
    }

    [Fact]
    public async Task Admit_OverMaxPeers_IsRefusedUntilOneHasGone()
    {
        var hub = new Hub(new HubOptions { MaxPeers = 2 });
        var first = await hub.ComeAsync();
        await hub.ComeAsync();

        Assert.Equal(new CloseReason(3000, "The hub is full: it takes 2 peers."), (await hub.TryComeAsync()).Refusal);
        first.Go();
        await hub.ComeAsync();
        Assert.Equal((2, 1L), (hub.PeerCount, hub.Counts.Refused));
    }

    [Fact]
    public async Task Join_OverMaxRoomsPerPeer_IsPeerFull()
    {
        var hub = new Hub(new HubOptions { MaxRoomsPerPeer = 2 });
        var guest = await hub.ComeAsync("a");

        Assert.Equal(JoinResult.Joined, hub.Join(guest.Peer, "b"));
        Assert.Equal(JoinResult.AlreadyIn, hub.Join(guest.Peer, "b"));
        Assert.Equal(JoinResult.PeerFull, hub.Join(guest.Peer, "c"));
        Assert.Equal(["a", "b"], guest.Peer.Rooms.Select(r => r.Name));
        Assert.Null(hub.FindRoom("c"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("256")]
    public async Task Join_NameThatNoRoomCanHave_Throws(string name)
    {
        var hub = new Hub();
        var guest = await hub.ComeAsync(room: null);

        Assert.Throws<ArgumentException>(() => hub.Join(guest.Peer, name == "256" ? new string('x', 256) : name));
        Assert.Equal(JoinResult.Joined, hub.Join(guest.Peer, new string('x', 255)));
    }

    [Fact]
    public async Task Move_ToAnotherRoom_HearsTheNewOneOnly()
    {
        var hub = new Hub();
        var (red, blue, mover) = (await hub.ComeAsync("red"), await hub.ComeAsync("blue"), await hub.ComeAsync("red"));

        Assert.Equal(JoinResult.Joined, hub.Move(mover.Peer, red.Room, "blue"));
        red.Room.Send("red");
        blue.Room.Send("blue");

        Assert.Equal(["blue"], mover.Received);
        Assert.Same(blue.Room, mover.Room);
    }

    [Fact]
    public async Task Disconnect_ByTheProgram_LeavesAtOnceAndClosesAfterWhatWaits()
    {
        var hub = new Hub();
        var (guest, other) = (await hub.ComeAsync(), await hub.ComeAsync());
        guest.Peer.Send("goodbye");

        guest.Peer.Disconnect(4321, "Out.");

        Assert.Equal(new CloseReason(4321, "Out."), await guest.Link.Closed.WithDeadline());
        Assert.Equal(["goodbye"], guest.Received);
        Assert.Equal([other.Peer], other.Room.Peers);
        Assert.Null(hub.FindPeer(guest.Peer.Id));
        Assert.False(guest.Peer.Send("too late"));
    }

    [Theory]
    [InlineData(999)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(2999)]
    [InlineData(5000)]
    public async Task Disconnect_CodeThatNoCloseFrameMayCarry_ThrowsAndThePeerStays(ushort code)
    {
        var guest = await new Hub().ComeAsync();

        Assert.Throws<ArgumentOutOfRangeException>(() => guest.Peer.Disconnect(code));

        Assert.True(guest.Peer.IsConnected);
    }

    [Fact]
    public void UpdateDetails_FromManyThreads_LosesNoChangeAndTellsTheNewOnes()
    {
        var hub = new Hub(new HubOptions { Details = { ["name"] = "Lounge" } });
        var before = hub.Details;
        var last = 0;
        hub.DetailsChanged += details => last = Math.Max(last, details.Count);
        var change = (int from) => () =>
        {
            for (var i = from; i < from + 50; i++) hub.UpdateDetails(details => details[$"{i}"] = "x");
        };

        Race.Run(change(0), change(50));

        Assert.Equal(101, hub.Details.Count);
        Assert.Equal(101, last);
        Assert.Equal("Lounge", Assert.Single(before).Value);
    }

    [Fact]
    public async Task Stop_WithPeers_SaysGoodbyeAndLetsNobodyIn()
    {
        var hub = new Hub();
        var guests = new[] { await hub.ComeAsync(), await hub.ComeAsync() };

        hub.Stop();

        foreach (var guest in guests) Assert.Equal(CloseReason.GoingAway, await guest.Link.Closed.WithDeadline());
        Assert.Equal(CloseReason.GoingAway, (await hub.TryComeAsync()).Refusal);
        Assert.Equal((0, 0), (hub.PeerCount, hub.Rooms.Count));
        Assert.True(hub.IsStopping);
    }

    [Fact]
    public async Task Stop_WhileAPeerIsValidated_SaysGoodbyeToItToo()
    {
        var gate = new TaskCompletionSource<PeerVerdict>(TaskCreationOptions.RunContinuationsAsynchronously);
        var hub = new Hub(rules: new HubRules().Validate((_, _) => new(gate.Task)));
        var link = new TestLink();
        var coming = hub.TryComeAsync(link);

        hub.Stop();
        gate.SetResult(PeerVerdict.Accepted);

        Assert.False((await coming).Peer!.IsConnected);
        Assert.Equal(CloseReason.GoingAway, await link.Closed.WithDeadline());
        Assert.Equal(0, hub.PeerCount);
    }

    [Fact]
    public void Stop_RacingWithPeersThatCome_LeavesNobody()
    {
        for (var round = 0; round < 100; round++)
        {
            var hub = new Hub();
            var links = Enumerable.Range(0, 20).Select(_ => new TestLink()).ToArray();
            var accepted = 0;

            Race.Run(
                () =>
                {
                    foreach (var link in links)
                    {
                        var admission = hub.TryComeAsync(link).GetAwaiter().GetResult();
                        if (!admission.IsAccepted) continue;
                        Interlocked.Increment(ref accepted);
                        hub.Join(admission.Peer, "lobby");
                    }
                },
                () => hub.Stop());

            Assert.Equal((0, 0), (hub.PeerCount, hub.Rooms.Count));
            Assert.Equal(accepted, links.Count(link => link.Closed.IsCompleted));
        }
    }

    [Fact]
    public async Task Message_TimeAndIds_ComeFromTheHub()
    {
        var clock = new FakeClock();
        var times = new List<DateTimeOffset>();
        var hub = new Hub(
            rules: new HubRules().Filter(message =>
            {
                times.Add(message.Time);
                return FilterResult.Pass;
            }),
            time: clock);
        clock.Advance(TimeSpan.FromMinutes(1));
        var guest = await hub.ComeAsync();
        clock.Advance(TimeSpan.FromMinutes(1));
        await guest.SayAsync("x");

        Assert.Equal(hub.StartedAt.AddMinutes(1), guest.Peer.ConnectedAt);
        Assert.Equal([hub.StartedAt.AddMinutes(2)], times);
        Assert.Equal(22, guest.Peer.Id.Length);
        Assert.NotEqual(guest.Peer.Id, (await hub.ComeAsync()).Peer.Id);
    }

    [Theory]
    [InlineData(0, 1, 1, 1, "MaxPeers")]
    [InlineData(1, 0, 1, 1, "MaxRoomsPerPeer")]
    [InlineData(1, 1, 0, 1, "Outbox.MaxBytes")]
    [InlineData(1, 1, 1, -1, "Outbox.MaxFrames")]
    public void Hub_OptionOutOfRange_ThrowsWithItsNameAndValue(int peers, int rooms, int bytes, int frames, string name)
    {
        var options = new HubOptions { MaxPeers = peers, MaxRoomsPerPeer = rooms, Outbox = new() { MaxBytes = bytes, MaxFrames = frames } };

        Assert.StartsWith($"{name} is ", Assert.Throws<ArgumentException>(() => new Hub(options)).Message);
    }
}
