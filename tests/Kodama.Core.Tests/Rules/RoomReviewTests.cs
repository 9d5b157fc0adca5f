namespace Kodama.Core.Tests;

/// <summary>Rules that are asked again for those inside.</summary>
public class RoomReviewTests
{
    private readonly Dictionary<string, RoomRights> answers = new(StringComparer.Ordinal);
    private readonly Hub hub;

    public RoomReviewTests() =>
        hub = new Hub(rules: new HubRules().Grant((_, room, token) => answers.GetValueOrDefault(token ?? room, RoomRights.All)));

    [Fact]
    public async Task Review_WithoutRead_TakesOutAndDisconnectsWhoIsInNoOtherRoom()
    {
        var (only, both, other) = (await ComeAsync("lobby"), await ComeAsync("lobby"), await ComeAsync("tea"));
        await JoinAsync(both, "tea");

        answers["lobby"] = RoomRights.None;
        await hub.FindRoom("lobby")!.ReviewAsync();

        Assert.Equal(CloseReason.NotAllowed, await only.Link.Closed.WithDeadline());
        Assert.Equal(["tea"], both.Peer.Rooms.Select(room => room.Name));
        Assert.True(both.Peer.IsConnected);
        Assert.Equal(["tea"], other.Peer.Rooms.Select(room => room.Name));
    }

    [Fact]
    public async Task Review_AsksWithTheTokenOfTheJoin()
    {
        var (good, bad) = (await ComeAsync("lobby", token: "good"), await ComeAsync("lobby", token: "bad"));

        answers["bad"] = RoomRights.None;
        await hub.ReviewAsync("lobby");

        Assert.NotNull(good.Peer.Room);
        Assert.Null(bad.Peer.Room);
    }

    [Fact]
    public async Task Review_ReplacesTheOtherRights_BothWays()
    {
        var peer = await ComeAsync("lobby");
        peer.Room.Members.Enter(peer.Peer, "{}");

        answers["lobby"] = RoomRights.Read;
        await hub.ReviewAsync("lobby");

        Assert.Equal(RefusalCode.NotAllowed, (await peer.SayAsync("hello")).Code);
        Assert.Equal(RefusalCode.NotAllowed, peer.Room.State.Set("key", "value", peer.Peer).Code);
        Assert.Equal(0, peer.Room.Members.Count);
        answers["lobby"] = RoomRights.All;
        await hub.ReviewAsync("lobby");
        Assert.Null((await peer.SayAsync("hello")).Refusal);
    }

    [Fact]
    public async Task Review_WithoutHistory_EndsTheCatchingUpWithAGap()
    {
        var speaker = await ComeAsync("lobby");
        for (var i = 1; i <= 4; i++) await speaker.SayAsync(new string((char)('a' + i), 1024));
        var link = new TestLink { DrainsOnFlush = false };
        var peer = await hub.ComeAsync(room: null, link: link, encoder: new Positioned());
        var joined = await hub.JoinAsync(peer.Peer, new JoinRequest { Room = "lobby", Start = Start.Last(4), IsHeld = true });

        answers["lobby"] = RoomRights.Read | RoomRights.Publish;
        await hub.ReviewAsync("lobby");
        await speaker.SayAsync("new");
        joined.Begin();
        await new TestReader(peer.Peer, link, joined).LiveAsync();

        Assert.Equal(["00000004gap 0", "00000005new", "00000005live"], link.Received);
    }

    [Fact]
    public async Task Review_OfThoseThatTheProgramTookIn_LeavesThem()
    {
        var guest = await hub.ComeAsync("lobby");

        answers["lobby"] = RoomRights.None;
        await hub.ReviewAsync("lobby");

        Assert.NotNull(guest.Peer.Room);
    }

    [Fact]
    public async Task Review_BetweenTheAnswerAndTheJoin_AsksAgain()
    {
        var first = new TaskCompletionSource<RoomRights>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        var rules = new HubRules().Grant((_, _, _, _) => Interlocked.Increment(ref asked) == 1 ? new(first.Task) : new(RoomRights.None));
        var slow = new Hub(rules: rules);
        var peer = await slow.ComeAsync(room: null);

        var joining = slow.JoinAsync(peer.Peer, new JoinRequest { Room = "lobby" }).AsTask();
        await slow.ReviewAsync("lobby");
        first.SetResult(RoomRights.All);

        Assert.Equal(JoinResult.Refused, (await joining.WithDeadline()).Result);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Review_DuringAnother_OutdatesItsAnswers()
    {
        var first = new TaskCompletionSource<RoomRights>(TaskCreationOptions.RunContinuationsAsynchronously);
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        var slow = new Hub(rules: new HubRules().Grant((_, _, _, _) =>
        {
            var time = Interlocked.Increment(ref asked);
            if (time == 2) waits.SetResult();
            return time == 2 ? new(first.Task) : new(time == 1 ? RoomRights.All : RoomRights.Read);
        }));
        var peer = await slow.ComeAsync(room: null);
        await slow.JoinAsync(peer.Peer, new JoinRequest { Room = "lobby" });

        var earlier = slow.ReviewAsync("lobby");
        await waits.Task.WithDeadline();
        await slow.ReviewAsync("lobby");
        first.SetResult(RoomRights.All);
        await earlier.WithDeadline();

        Assert.Equal(RefusalCode.NotAllowed, (await peer.SayAsync("hello")).Code);
    }

    [Fact]
    public async Task Review_Cancelled_ExpelsNobody()
    {
        using var cancel = new CancellationTokenSource();
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        var slow = new Hub(rules: new HubRules().Grant(async (_, _, _, cancellationToken) =>
        {
            if (Interlocked.Increment(ref asked) == 1) return RoomRights.All;
            waits.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return RoomRights.All;
        }));
        var peer = await slow.ComeAsync(room: null);
        await slow.JoinAsync(peer.Peer, new JoinRequest { Room = "lobby" });

        var review = slow.ReviewAsync("lobby", cancel.Token);
        await waits.Task.WithDeadline();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => review.WithDeadline());
        Assert.NotNull(peer.Peer.Room);
    }

    [Fact]
    public async Task Review_RacingJoins_LeavesNobodyInsideByAnOlderAnswer()
    {
        var lobby = new JoinRequest { Room = "lobby" };
        for (var round = 0; round < 50; round++)
        {
            var isClosed = false;
            var racing = new Hub(rules: new HubRules().Grant((_, _) => Volatile.Read(ref isClosed) ? RoomRights.None : RoomRights.All));
            var guests = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => racing.ComeAsync(room: null)));
            Race.Run(
                [
                    .. guests.Select(guest => (Action)(() => racing.JoinAsync(guest.Peer, lobby).AsTask().WithDeadline().Wait())),
                    () =>
                    {
                        Volatile.Write(ref isClosed, true);
                        racing.ReviewAsync("lobby").WithDeadline().Wait();
                    },
                ]);

            Assert.Equal(0, racing.FindRoom("lobby")?.PeerCount ?? 0);
        }
    }

    [Theory]
    [InlineData(RoomRights.None, null, RefusalCode.NotJoined)]
    [InlineData(RoomRights.None, "id", RefusalCode.NotJoined)]
    [InlineData(RoomRights.Read, null, RefusalCode.NotAllowed)]
    [InlineData(RoomRights.Read, "id", RefusalCode.NotAllowed)]
    public async Task Review_WhileAFilterIsAskedAboutAMessage_HoldsForIt(RoomRights rights, string? id, RefusalCode refusal)
    {
        var answer = new TaskCompletionSource<FilterResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var granted = RoomRights.All;
        var filtering = new Hub(rules: new HubRules().Grant((_, _) => granted).Filter((_, _) => new(answer.Task)));
        var listener = await filtering.ComeAsync();
        var speaker = await filtering.ComeAsync(room: null);
        await filtering.JoinAsync(speaker.Peer, new JoinRequest { Room = "lobby" });
        using var batch = FlushBatch.Rent();
        var options = new PublishOptions(id is null ? null : new PublishId(id));
        var saying = filtering.PublishAsync(speaker.Peer, speaker.Room, "hello", Message.DefaultEvent, options, batch).AsTask();

        granted = rights;
        await filtering.ReviewAsync("lobby");
        answer.SetResult(FilterResult.Pass);

        Assert.Equal((refusal, 0L), ((await saying.WithDeadline()).Code, (await saying).Offset));
        Assert.Equal((0, 0), (listener.Room.Offset, filtering.Counts.Dropped));
        Assert.Empty(listener.Received);
    }

    private async Task<TestPeer> ComeAsync(string room, string? token = null)
    {
        var peer = await hub.ComeAsync(room: null);
        await JoinAsync(peer, room, token);
        return peer;
    }

    private async Task JoinAsync(TestPeer peer, string room, string? token = null) =>
        Assert.Equal(JoinResult.Joined, (await hub.JoinAsync(peer.Peer, new JoinRequest { Room = room, Token = token })).Result);
}
