using Kodama.Testing;

namespace Kodama.Core.Tests;

/// <summary>What holds between an append and the engine's word on it.</summary>
public sealed class PendingTests : IAsyncDisposable
{
    private readonly ManualEngine engine = new();

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    [Fact]
    public async Task Message_BeforeItIsKept_IsSeenByNobody()
    {
        var hub = new Hub(engine: engine);
        var yui = await hub.ComeAsync();
        var ren = await hub.ComeAsync();

        var publishing = await yui.SayAsync("hello");
        Assert.Empty(ren.Received);
        Assert.Empty((await yui.Room.ReadAsync(0)).Entries);
        Assert.False(publishing.Pending!.IsCompleted);
        engine.Keep();

        Assert.Equal((1, 1), (await publishing.SettledAsync()) is var result ? (result.Offset, result.Receivers) : default);
        Assert.Equal(["hello"], ren.Received);
    }

    [Fact]
    public async Task Duplicate_OfWhatIsPending_WaitsForIt()
    {
        var yui = await new Hub(engine: engine).ComeAsync();
        var first = Publish(yui, "hello", "a");

        var again = Publish(yui, "hello", "a", new Position(ManualEngine.Epoch, 0));

        Assert.True(again.IsDuplicate);
        Assert.False(again.Pending!.IsCompleted);
        Assert.Equal(1, engine.Waiting);
        engine.Keep();
        Assert.Equal((1, 1), ((await first.SettledAsync()).Offset, (await again.SettledAsync()).Offset));
        Assert.Equal(1, Publish(yui, "hello", "a").Offset);
    }

    [Fact]
    public async Task Failed_Publication_IsToldAndHoldsUpTheLaterOnesOfItsAuthor()
    {
        var hub = new Hub(engine: engine);
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync());
        var first = Publish(yui, "1", "a");
        var duplicate = Publish(yui, "1", "a");
        engine.Fail();

        Assert.Equal((RefusalCode.NotKept, "The disk is full."), (await first.SettledAsync()) is var result
            ? (result.Code, result.Refusal) : default);
        Assert.Equal(RefusalCode.NotKept, (await duplicate.SettledAsync()).Code);
        Assert.Equal(RefusalCode.NotInOrder, Publish(yui, "2", "b").Code);
        Assert.Equal(RefusalCode.None, Publish(ren, "other", "b").Code);
        Assert.Equal(RefusalCode.None, (await yui.SayAsync("without an id")).Code);
        Assert.Equal(RefusalCode.None, Publish(yui, "1", "a", new Position(ManualEngine.Epoch, 0)).Code);
        Assert.Equal(RefusalCode.None, Publish(yui, "2", "b").Code);
        engine.Keep();
        Assert.Equal(["1", "2"], ren.Received.Where(text => text.Length == 1));
    }

    [Fact]
    public async Task Failed_AuthorThatLeaves_BeginsAnew()
    {
        var hub = new Hub(engine: engine);
        await hub.ComeAsync();
        var yui = await hub.ComeAsync();
        var room = yui.Room;
        Publish(yui, "1", "a");
        engine.Fail();
        Hub.Leave(yui.Peer, room);
        hub.Join(yui.Peer, "lobby");
        Assert.Equal(RefusalCode.None, Publish(yui, "2", "b").Code);

        // It has left before the failure is told.
        Publish(yui, "3", "c");
        Hub.Leave(yui.Peer, room);
        engine.Fail();
        hub.Join(yui.Peer, "lobby");
        Assert.Equal(RefusalCode.None, Publish(yui, "4", "d").Code);
    }

    [Fact]
    public async Task Failed_SentAgainWhileWhatCameBehindItIsUnsettled_IsRefusedSoThatTheOrderStays()
    {
        var hub = new Hub(engine: engine);
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync());
        Publish(yui, "1", "a");
        Publish(yui, "2", "b");
        engine["lobby"].FailFirst();

        Assert.Equal(RefusalCode.NotKept, Publish(yui, "1", "a", new Position(ManualEngine.Epoch, 0)).Code);
        engine["lobby"].FailFirst();
        Assert.Equal(RefusalCode.NotInOrder, Publish(yui, "2", "b", new Position(ManualEngine.Epoch, 0)).Code);
        Assert.Equal(RefusalCode.None, Publish(yui, "1", "a", new Position(ManualEngine.Epoch, 0)).Code);
        Assert.Equal(RefusalCode.None, Publish(yui, "2", "b", new Position(ManualEngine.Epoch, 0)).Code);
        engine.Keep();
        Assert.Equal(["1", "2"], ren.Received);
    }

    [Fact]
    public async Task Failed_WhenItsSessionHasConnectedAnew_HoldsUpTheNewConnection()
    {
        var hub = new Hub(engine: engine);
        var yui = await hub.ComeWithSessionAsync("s1");
        Publish(yui, "1", "a");
        yui.Go(CloseReason.Lost);
        var back = await hub.ComeWithSessionAsync("s1");
        Publish(back, "1", "a", new Position(ManualEngine.Epoch, 0));
        engine.Fail();

        Assert.Equal(RefusalCode.NotInOrder, Publish(back, "2", "b").Code);
        Assert.Equal(RefusalCode.None, Publish(back, "1", "a", new Position(ManualEngine.Epoch, 0)).Code);
        Assert.Equal(RefusalCode.None, Publish(back, "2", "b").Code);
    }

    [Fact]
    public async Task Failed_WhoseResendAFilterDrops_HoldsUpNothingMore()
    {
        var drops = false;
        var hub = new Hub(rules: new HubRules().Filter(_ => !drops, "Not now."), engine: engine);
        var yui = await hub.ComeAsync();
        Publish(yui, "1", "a");
        engine.Fail();
        drops = true;
        Assert.Equal(RefusalCode.MessageRefused, Publish(yui, "1", "a").Code);
        drops = false;

        Assert.Equal(RefusalCode.None, Publish(yui, "2", "b").Code);
    }

    [Theory]
    [InlineData("set")]
    [InlineData("remove")]
    [InlineData("enter")]
    public async Task Failed_ChangeWithAnId_HoldsUpTheLaterOnesOfItsAuthor(string what)
    {
        var yui = await new Hub(engine: engine).ComeAsync();
        yui.Room.State.Set("there", "1");
        engine.Keep();
        var change = what switch
        {
            "set" => yui.Room.State.Set("light", "on", yui.Peer, id: new PublishId("a")),
            "remove" => yui.Room.State.Remove("there", yui.Peer, new PublishId("a")),
            _ => yui.Room.Members.Enter(yui.Peer, "1", new PublishId("a")),
        };
        engine.Fail();

        Assert.Equal(RefusalCode.NotKept, (await change.SettledAsync()).Code);
        Assert.Equal(RefusalCode.NotInOrder, Publish(yui, "2", "b").Code);
        Assert.Equal(RefusalCode.NotInOrder, yui.Room.State.Set("light", "off", yui.Peer, id: new PublishId("b")).Code);
    }

    [Fact]
    public async Task Ids_MoreThanAnAuthorMayHaveUnderWay_AreRefusedAndNoneIsForgotten()
    {
        var hub = new Hub(engine: engine);
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync());
        for (var i = 0; i < IdWindow.MostOfAuthor; i++) Assert.Equal(RefusalCode.None, Publish(yui, "x", $"id{i}").Code);

        Assert.Equal(RefusalCode.Busy, Publish(yui, "x", "late").Code);
        Assert.Equal(RefusalCode.None, Publish(ren, "other", "late").Code);
        engine.Keep();
        Assert.True(Publish(yui, "x", "id0", new Position(ManualEngine.Epoch, 0)).IsDuplicate);
        Assert.Equal(RefusalCode.None, Publish(yui, "x", "late").Code);
        Assert.Equal(RefusalCode.OutcomeUnknown, Publish(yui, "x", "id0", new Position(ManualEngine.Epoch, 0)).Code);
    }

    [Fact]
    public async Task Id_ThatFailedAndWasSentAgain_IsRememberedAsLongAsOthersAre()
    {
        var yui = await new Hub(engine: engine).ComeAsync();
        Publish(yui, "x", "again");
        engine.Fail();
        Publish(yui, "x", "again", new Position(ManualEngine.Epoch, 0));
        for (var i = 1; i < IdWindow.MostOfAuthor; i++) Publish(yui, "x", $"id{i}");
        engine.Keep();

        Assert.True(Publish(yui, "x", "again", new Position(ManualEngine.Epoch, 0)).IsDuplicate);
    }

    [Fact]
    public async Task Room_WithSomethingPending_DoesNotEnd()
    {
        var time = new FakeClock();
        var hub = new Hub(new HubOptions { Log = { KeepEmpty = TimeSpan.Zero } }, time: time, engine: engine);
        var yui = await hub.ComeAsync();
        var publishing = await yui.SayAsync("hello");
        yui.Go();
        time.Advance(TimeSpan.FromMinutes(5));

        Assert.Single(hub.Rooms);
        engine.Keep();
        Assert.Equal(1, (await publishing.SettledAsync()).Offset);
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(hub.Rooms);
    }

    [Fact]
    public async Task Room_ThatIsBeingOpened_DoesNotEndNorIsOpenedTwice()
    {
        var hub = new Hub(new HubOptions { Log = { KeepEmpty = TimeSpan.Zero } }, engine: engine);
        engine.WhileOpening = () =>
        {
            engine.WhileOpening = null;
            var room = Assert.Single(hub.RoomRegistry.InPassing);
            Assert.False(room.Life.Sweep(hub.Time.GetTimestamp()));
            Assert.False(room.Life.TryEnd());
            // Who published in it now would do so in an epoch that ends at once.
            Assert.Null(hub.FindRoom("lobby"));
            Assert.Empty(hub.Rooms);
        };

        await hub.ComeAsync();

        Assert.Equal(1, engine.Opened);
        Assert.Single(hub.Rooms);
    }

    [Fact]
    public async Task Room_ThatCannotBeOpened_IsTriedAgain()
    {
        var hub = new Hub(engine: engine);
        var yui = await hub.ComeAsync(room: null);
        var broken = new ManualEngine { Damaged = "lobby" };
        var other = new Hub(engine: broken);
        var ren = await other.ComeAsync(room: null);

        Assert.Equal(JoinResult.Unavailable, other.Join(ren.Peer, "lobby"));
        Assert.Empty(other.Rooms);
        Assert.Equal(JoinResult.Unavailable, other.Join(ren.Peer, "lobby"));
        Assert.Equal(2, broken.Opened);
        Assert.Equal(JoinResult.Joined, hub.Join(yui.Peer, "lobby"));
    }

    [Fact]
    public async Task Room_ThatCannotBeOpened_IsUnavailableByEveryWayAndLoggedOnceEach()
    {
        var log = new RecordingLogger();
        var hub = new Hub(logger: log, engine: new ManualEngine { Damaged = "lobby" });
        var ren = await hub.ComeAsync(room: null);
        var publisher = new PeerDescription { Door = "http", Encoder = LengthPrefixed.Plain };

        var joined = await hub.JoinAsync(ren.Peer, new JoinRequest { Room = "lobby" });
        var published = await hub.PublishAsync(publisher, "lobby", "x", Message.DefaultEvent);
        var set = await hub.ChangeStateAsync(await hub.VisitAsync(publisher, "lobby", RoomRights.State), "k", "1");
        var opened = hub.OpenToRead("lobby", out var room);

        Assert.Equal(JoinResult.Unavailable, joined.Result);
        Assert.Equal(RefusalCode.Unavailable, published.Code);
        Assert.Equal("What is kept of room lobby cannot be read now: try again later.", published.Refusal);
        Assert.Equal(RefusalCode.Unavailable, set.Code);
        Assert.Equal((RefusalCode.Unavailable, null), (opened, room));
        Assert.Equal(4, log.Entries.Count(entry => entry.Id == 117));
        Assert.All(log.Entries, entry => Assert.Contains("room lobby", entry.Text, StringComparison.Ordinal));
        await Assert.ThrowsAsync<EngineException>(async () => await hub.ListenAsync("lobby").GetAsyncEnumerator().MoveNextAsync());
    }

    [Fact]
    public void OpenToRead_WhileAnotherFailsToOpenTheRoom_IsNotAnEmptyRoom()
    {
        var broken = new ManualEngine { Damaged = "lobby" };
        var hub = new Hub(engine: broken);
        (RefusalCode, Room?) told = default;
        var behind = new Thread(() => told = (hub.OpenToRead("lobby", out var room), room)) { IsBackground = true };
        broken.WhileOpening = () =>
        {
            broken.WhileOpening = null;
            behind.Start();
            var waits = SpinWait.SpinUntil(() => behind.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Deadline.Limit);
            Assert.True(waits, "It does not wait.");
        };

        Assert.Equal((RefusalCode.Unavailable, null), (hub.OpenToRead("lobby", out var first), first));
        Assert.True(behind.Join(Deadline.Limit), "It waits still.");
        Assert.Equal((RefusalCode.Unavailable, null), told);
        Assert.Equal(2, broken.Opened);
    }

    [Fact]
    public async Task OpenToRead_WhereTheHubHasAsManyRoomsAsItMay_IsNotAnEmptyRoom()
    {
        var hub = new Hub(new HubOptions { Log = { MaxRooms = 1 } }, engine: engine);
        await hub.ComeAsync("one");

        Assert.Equal((RefusalCode.TooManyRooms, null), (hub.OpenToRead("kept", out var room), room));
    }

    [Fact]
    public async Task Removal_OfAMemberThatCouldNotBeKept_IsTriedAgain()
    {
        var time = new FakeClock();
        var hub = new Hub(time: time, engine: engine);
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync());
        ren.Room.Members.Enter(yui.Peer, "1");
        ren.Room.State.Set("cursor", "1", yui.Peer, isBound: true);
        engine.Keep();
        yui.Go();
        engine.Fail();
        Assert.Equal(1, ren.Room.Members.Count);

        time.Advance(TimeSpan.FromSeconds(2));
        engine.Keep();

        Assert.Equal(0, ren.Room.Members.Count);
        Assert.Empty(ren.Room.State.List().Keys);
    }

    [Fact]
    public async Task Key_WhoseBondCouldNotBeKept_IsAsItWas()
    {
        var hub = new Hub(engine: engine);
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync());
        var state = ren.Room.State;
        state.Set("stays", "1", ren.Peer);
        state.Set("goes", "1", yui.Peer, isBound: true);
        engine.Keep();
        state.Set("stays", "2", yui.Peer, isBound: true);
        state.Set("goes", "2", ren.Peer);
        engine.Fail();

        yui.Go();
        engine.Keep();

        Assert.Equal(("stays", "1"), Assert.Single(state.List().Keys.Select(key => (key.Key!, key.Payload.ToString()))));
    }

    [Fact]
    public async Task Key_WhoseBondIsPending_GoesWithItsWriter()
    {
        var hub = new Hub(engine: engine);
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync());
        var state = ren.Room.State;
        state.Set("cursor", "1", yui.Peer, isBound: true);
        state.Set("given away", "1", yui.Peer, isBound: true);
        state.Set("given away", "2", ren.Peer);

        yui.Go();
        engine.Keep();

        Assert.Equal("given away", Assert.Single(state.List().Keys).Key);
    }

    [Fact]
    public async Task Exit_ThatCouldNotBeKept_IsTriedAgainWhileItsPeerIsHere()
    {
        var time = new FakeClock();
        var hub = new Hub(time: time, engine: engine);
        var yui = await hub.ComeAsync();
        yui.Room.Members.Enter(yui.Peer, "1");
        yui.Room.State.Set("cursor", "1", yui.Peer, isBound: true);
        engine.Keep();
        yui.Room.Members.Leave(yui.Peer);
        engine.Fail();

        time.Advance(TimeSpan.FromSeconds(2));
        engine.Keep();

        Assert.Equal(0, yui.Room.Members.Count);
        Assert.Equal("cursor", Assert.Single(yui.Room.State.List().Keys).Key);
    }

    [Fact]
    public async Task Format_ThatCannotWrite_CostsOnlyItsReaders()
    {
        var logger = new RecordingLogger();
        var hub = new Hub(engine: engine, logger: logger);
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync());
        await hub.ComeAsync(encoder: new BrokenFormat());
        await using var listening = yui.Room.ListenAsync().GetAsyncEnumerator();
        var next = listening.MoveNextAsync();
        var first = await yui.SayAsync("hello");
        engine.Keep();

        Assert.Equal((1, 1), (await first.SettledAsync()) is var result ? (result.Offset, result.Receivers) : default);
        Assert.Equal(["hello"], ren.Received);
        Assert.True(await next.AsTask().WithDeadline());
        Assert.Equal("hello", Assert.Single(listening.Current.Entries).Payload.ToString());
        Assert.Equal(114, Assert.Single(logger.Entries).Id);
    }

    [Fact]
    public async Task Flush_ThatThrowsWhileKeptOnesAreHandedOut_CostsNoEntry()
    {
        var logger = new RecordingLogger();
        var hub = new Hub(engine: engine, logger: logger);
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync());
        // More than a batch lets wait: it is flushed between the two.
        var large = await yui.SayAsync(new string('x', 100_000));
        var small = await yui.SayAsync("behind");
        var isFirst = true;
        ren.Link.Flushing = () =>
        {
            if (!isFirst) return;
            isFirst = false;
            throw new InvalidOperationException("A door's own.");
        };

        engine.Keep();

        Assert.Equal((1, 2), ((await large.SettledAsync()).Offset, (await small.SettledAsync()).Offset));
        ren.Link.Drain();
        Assert.Equal("behind", ren.Received[^1]);
        Assert.Equal(114, Assert.Single(logger.Entries).Id);
    }

    [Fact]
    public async Task Pending_BeyondItsBound_IsRefusedAsBusy()
    {
        var yui = await new Hub(new HubOptions { Log = { MaxPendingBytes = 2000 } }, engine: engine).ComeAsync();
        var first = await yui.SayAsync("");
        for (var i = 0; i < 2; i++) await yui.SayAsync("");

        Assert.Equal(RefusalCode.Busy, (await yui.SayAsync(new string('x', 1000))).Code);
        engine.Keep();
        await first.SettledAsync();
        Assert.Equal(RefusalCode.None, (await yui.SayAsync(new string('x', 1000))).Code);
    }

    [Fact]
    public async Task Pending_OfOneThatIsFasterThanTheDisk_LeavesSomethingToOthers()
    {
        var hub = new Hub(new HubOptions { Log = { MaxPendingBytes = 100_000 } }, engine: engine);
        var (yui, ren, mio) = (await hub.ComeAsync(), await hub.ComeAsync(), await hub.ComeAsync("other"));
        await FillAsync(yui);
        Assert.Equal(RefusalCode.None, (await ren.SayAsync("heard")).Code);
        await FillAsync(ren);

        Assert.Equal(RefusalCode.None, mio.Room.Members.Enter(mio.Peer, "1").Code);
        Assert.Equal(RefusalCode.None, (await mio.SayAsync("heard")).Code);
        engine.Keep();
        Assert.Equal(RefusalCode.None, (await yui.SayAsync("again")).Code);
        engine.Keep();
        Assert.Equal(100_000, hub.PendingBudget.Free);

        static async Task FillAsync(TestPeer peer)
        {
            while ((await peer.SayAsync(new string('x', 1000))).Code == RefusalCode.None)
            {
            }
        }
    }

    private static PublishResult Publish(TestPeer peer, string text, string id, Position? firstSeen = null)
    {
        using var batch = FlushBatch.Rent();
        var publishing = peer.Peer.Hub.PublishAsync(
            peer.Peer, peer.Room, text, Message.DefaultEvent, new PublishOptions(new PublishId(id, firstSeen)), batch).AsTask();
        Assert.True(publishing.IsCompleted, "Without filters it has its place at once.");
        return publishing.Result;
    }

    private sealed class BrokenFormat : IMessageEncoder
    {
        public Frame Encode(in Message message) => throw new InvalidOperationException("It cannot write.");
    }
}
