using Kodama.Testing;

namespace Kodama.Core.Tests;

public class RoomMembersTests
{
    [Fact]
    public async Task Details_OfMembers_CountAgainstTheirBound()
    {
        var hub = new Hub(new HubOptions { Log = { MaxMemberBytes = 1000 } });
        var yui = await hub.ComeAsync(details: [("bio", new string('b', 600))]);
        var ren = await hub.ComeAsync(details: [("bio", new string('b', 600))]);

        Assert.Equal(RefusalCode.None, yui.Room.Members.Enter(yui.Peer, "1").Code);
        Assert.Equal(RefusalCode.Full, ren.Room.Members.Enter(ren.Peer, "1").Code);
        Assert.Equal(RefusalCode.None, yui.Room.Members.Enter(yui.Peer, "2").Code);
        yui.Room.Members.Leave(yui.Peer);
        Assert.Equal(RefusalCode.None, ren.Room.Members.Enter(ren.Peer, "1").Code);
    }

    [Fact]
    public async Task Enter_UpdateAndLeave_AreEntriesForThoseWhoAsk()
    {
        var hub = new Hub();
        var watching = await ReaderAsync(hub);
        var yui = await hub.ComeAsync();

        Assert.Equal(1, yui.Room.Members.Enter(yui.Peer, """{"at":1}""").Offset);
        Assert.Equal(2, yui.Room.Members.Enter(yui.Peer, """{"at":2}""").Offset);
        Assert.Equal("""{"at":2}""", Assert.Single(yui.Room.Members.List().Members).Data.ToString());
        Assert.Equal(3, yui.Room.Members.Leave(yui.Peer).Offset);

        Assert.Equal(
            [
                $$"""00000001Enter {{yui.Peer.Id}} {"at":1}""",
                $$"""00000002Update {{yui.Peer.Id}} {"at":2}""",
                $"00000003Remove {yui.Peer.Id}",
            ],
            watching.Link.Received);
        Assert.Empty(yui.Received);
        Assert.Equal((0, new Position(yui.Room.Epoch, 3)), (yui.Room.Members.Count, yui.Room.Members.List().Position));
    }

    [Fact]
    public async Task Enter_WithTheSameData_ChangesNothing()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        yui.Room.Members.Enter(yui.Peer, "1");

        Assert.Equal(1, yui.Room.Members.Enter(yui.Peer, "1").Offset);
        Assert.Equal(1, yui.Room.Offset);
    }

    [Theory]
    [InlineData("not json", RefusalCode.Invalid)]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", RefusalCode.Invalid)]
    public async Task Enter_WithDataThatIsNone_IsRefused(string data, RefusalCode code)
    {
        var yui = await new Hub().ComeAsync();

        Assert.Equal(code, yui.Room.Members.Enter(yui.Peer, data).Code);
        Assert.Equal(RefusalCode.TooLarge, yui.Room.Members.Enter(yui.Peer, $"\"{new string('x', RoomMembers.MaxData)}\"").Code);
    }

    [Fact]
    public async Task Enter_BeyondTheBounds_IsRefused()
    {
        var hub = new Hub(new HubOptions { Log = { MaxMembers = 1 } });
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync());

        Assert.Null(yui.Room.Members.Enter(yui.Peer, "1").Refusal);
        Assert.Equal(RefusalCode.Full, ren.Room.Members.Enter(ren.Peer, "1").Code);
        Assert.Null(yui.Room.Members.Enter(yui.Peer, "2").Refusal);
    }

    [Fact]
    public async Task Member_WhosePeerLeaves_LeavesToo()
    {
        var hub = new Hub();
        var watching = await ReaderAsync(hub);
        var yui = await hub.ComeAsync();
        yui.Room.Members.Enter(yui.Peer, "1");
        var room = yui.Room;
        room.State.Set("cursor", "3", yui.Peer, isBound: true);
        room.State.Set("topic", "tea", yui.Peer);

        yui.Go();

        Assert.Equal(0, room.Members.Count);
        Assert.Null(room.State.Find("cursor"));
        Assert.Equal("tea", room.State.Find("topic")!.Payload.ToString());
        Assert.Equal($"00000004Remove {yui.Peer.Id}", watching.Link.Received[^1]);
    }

    [Fact]
    public async Task Member_WhoseSessionComesBackInTime_WasNeverGone()
    {
        var time = new FakeClock();
        var hub = new Hub(time: time);
        var watching = await ReaderAsync(hub);
        var yui = await hub.ComeWithSessionAsync("s1");
        var room = yui.Room;
        room.Members.Enter(yui.Peer, "1");
        yui.Go(CloseReason.Lost);
        time.Advance(TimeSpan.FromSeconds(9));

        var back = await hub.ComeWithSessionAsync("s1");
        room.Members.Enter(back.Peer, "1");
        time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(["00000001Enter s1 1"], watching.Link.Received);
        Assert.Equal("s1", Assert.Single(room.Members.List().Members).Author.Id);
    }

    [Fact]
    public async Task Member_WhoseSessionDoesNotComeBack_LeavesAfterItsGrace()
    {
        var time = new FakeClock();
        var hub = new Hub(time: time);
        var watching = await ReaderAsync(hub);
        var yui = await hub.ComeWithSessionAsync("s1");
        yui.Room.Members.Enter(yui.Peer, "1");
        yui.Go(CloseReason.Lost);

        time.Advance(TimeSpan.FromSeconds(12));

        Assert.Equal(["00000001Enter s1 1", "00000002Remove s1"], watching.Link.Received);
    }

    [Fact]
    public async Task OldConnection_OfASession_TakesNothingFromTheNewOne()
    {
        var time = new FakeClock();
        var hub = new Hub(time: time);
        var old = await hub.ComeWithSessionAsync("s1");
        var room = old.Room;
        room.Members.Enter(old.Peer, "1");

        var back = await hub.ComeWithSessionAsync("s1");
        Assert.Equal(CloseReason.TakenOver, await old.Link.Closed.WithDeadline());
        room.Members.Enter(back.Peer, "2");
        old.Go(CloseReason.Normal);
        room.Members.Leave(old.Peer);
        time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal("2", Assert.Single(room.Members.List().Members).Data.ToString());
        Assert.True(back.Peer.IsConnected);
    }

    [Fact]
    public async Task Enter_SentAgainByTheNewConnection_IsADuplicateThatKeepsTheMember()
    {
        var time = new FakeClock();
        var hub = new Hub(time: time);
        var yui = await hub.ComeWithSessionAsync("s1");
        var (room, before) = (yui.Room, new Position(yui.Room.Epoch, 0));
        room.Members.Enter(yui.Peer, "1", new PublishId("a"));
        yui.Go(CloseReason.Lost);

        var back = await hub.ComeWithSessionAsync("s1");
        var again = room.Members.Enter(back.Peer, "1", new PublishId("a", before));
        time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal((1, true), (again.Offset, again.IsDuplicate));
        Assert.Equal("s1", Assert.Single(room.Members.List().Members).Author.Id);
        back.Go();
        Assert.Equal(0, room.Members.Count);
    }

    [Fact]
    public async Task Set_OfABoundKeySentAgainByTheNewConnection_IsADuplicateThatKeepsTheKey()
    {
        var time = new FakeClock();
        var hub = new Hub(time: time);
        var yui = await hub.ComeWithSessionAsync("s1");
        var (room, before) = (yui.Room, new Position(yui.Room.Epoch, 0));
        room.State.Set("cursor", "1", yui.Peer, isBound: true, id: new PublishId("a"));
        yui.Go(CloseReason.Lost);

        var back = await hub.ComeWithSessionAsync("s1");
        var again = room.State.Set("cursor", "1", back.Peer, isBound: true, id: new PublishId("a", before));
        time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal((1, true), (again.Offset, again.IsDuplicate));
        Assert.Equal("cursor", Assert.Single(room.State.List().Keys).Key);
        back.Go();
        Assert.Empty(room.State.List().Keys);
    }

    [Fact]
    public async Task Change_SentAgainWhenTheHubHasTakenItBack_IsMadeAnew()
    {
        var time = new FakeClock();
        var hub = new Hub(time: time);
        var yui = await hub.ComeWithSessionAsync("s1");
        var (room, before) = (yui.Room, new Position(yui.Room.Epoch, 0));
        room.Members.Enter(yui.Peer, "1", new PublishId("a"));
        room.State.Set("cursor", "1", yui.Peer, isBound: true, id: new PublishId("b"));
        room.State.Set("other's", "1", yui.Peer, isBound: true, id: new PublishId("c"));
        room.State.Remove("other's");
        yui.Go(CloseReason.Lost);
        time.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal((0, 6), (room.Members.Count, room.Offset));

        var back = await hub.ComeWithSessionAsync("s1");
        Assert.Equal(7, room.Members.Enter(back.Peer, "1", new PublishId("a", before)).Offset);
        Assert.Equal(8, room.State.Set("cursor", "1", back.Peer, isBound: true, id: new PublishId("b", before)).Offset);
        Assert.Equal((3, true), room.State.Set("other's", "1", back.Peer, isBound: true, id: new PublishId("c", before)) is var c
            ? (c.Offset, c.IsDuplicate) : default);
        Assert.Equal((7, true), room.Members.Enter(back.Peer, "1", new PublishId("a", before)) is var again
            ? (again.Offset, again.IsDuplicate) : default);

        Assert.Equal(1, room.Members.Count);
        Assert.Equal("cursor", Assert.Single(room.State.List().Keys).Key);
    }

    [Fact]
    public async Task Enter_SentAgainAfterItsOwnExit_IsADuplicate()
    {
        var yui = await new Hub().ComeWithSessionAsync("s1");
        var (room, before) = (yui.Room, new Position(yui.Room.Epoch, 0));
        room.Members.Enter(yui.Peer, "1", new PublishId("a"));
        room.Members.Leave(yui.Peer);

        var again = room.Members.Enter(yui.Peer, "1", new PublishId("a", before));

        Assert.Equal((1, true, 0, 2), (again.Offset, again.IsDuplicate, room.Members.Count, room.Offset));
        Assert.Equal(3, room.Members.Enter(yui.Peer, "1", new PublishId("b")).Offset);
        yui.Go();
        Assert.Equal(0, room.Members.Count);
    }

    [Fact]
    public async Task Enter_WhileItsGraceEnds_KeepsTheMember()
    {
        var time = new FakeClock();
        var hub = new Hub(time: time);
        var (yui, format) = (await hub.ComeWithSessionAsync("s1"), await WatchAsync(hub));
        var room = yui.Room;
        room.Members.Enter(yui.Peer, "1");
        yui.Go(CloseReason.Lost);
        format.BeforeRemoval = () => EnterAgain(hub, room);

        time.Advance(TimeSpan.FromSeconds(12));

        Assert.Equal((1, 1), (room.Members.Count, room.Offset));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Enter_WhileTheOlderConnectionTakesItsMemberOut_KeepsTheMember(bool exits)
    {
        var hub = new Hub();
        var (yui, format) = (await hub.ComeWithSessionAsync("s1"), await WatchAsync(hub));
        var room = yui.Room;
        room.Members.Enter(yui.Peer, "1");
        format.BeforeRemoval = () => EnterAgain(hub, room);

        if (exits) Assert.Equal(default, room.Members.Leave(yui.Peer));
        else yui.Go(CloseReason.Normal);

        Assert.Equal((1, 1), (room.Members.Count, room.Offset));
    }

    [Fact]
    public async Task Exit_OfAMember_LeavesItsBoundKeysUntilItsPeerLeaves()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        var room = yui.Room;
        room.Members.Enter(yui.Peer, "1");
        room.State.Set("cursor", "1", yui.Peer, isBound: true);

        room.Members.Leave(yui.Peer);
        Assert.Equal((0, 1), (room.Members.Count, room.State.List().Keys.Count));
        room.Members.Enter(yui.Peer, "2");
        Assert.Equal(1, room.Members.Count);
        yui.Go();

        Assert.Equal((0, 0), (room.Members.Count, room.State.List().Keys.Count));
    }

    [Fact]
    public async Task BoundKey_ThatAnotherSetsWhileItsWriterLeaves_Stays()
    {
        var hub = new Hub();
        var (yui, ren, format) = (await hub.ComeAsync(), await hub.ComeAsync(), await WatchAsync(hub));
        var room = yui.Room;
        room.State.Set("cursor", "1", yui.Peer, isBound: true);
        format.BeforeRemoval = () => Assert.Equal(2, room.State.Set("cursor", "2", ren.Peer).Offset);

        yui.Go();

        Assert.Equal("2", room.State.Find("cursor")!.Payload.ToString());
    }

    [Fact]
    public async Task Join_ThatAsksForMembers_GetsTheListAndThenTheChanges()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        yui.Room.Members.Enter(yui.Peer, "1");
        yui.Room.State.Set("k", "v");

        var reader = await ReaderAsync(hub, state: true);
        yui.Room.Members.Enter(yui.Peer, "2");

        Assert.Equal([$"{yui.Peer.Id}=1", "k=v"], reader.Joined.Keys!.Select(key => $"{key.Key}={key.Payload}"));
        Assert.Equal((2, 2), (reader.Joined.KeysAt, reader.Joined.Position.Offset));
        Assert.Equal([$"00000003Update {yui.Peer.Id} 2"], reader.Link.Received);
    }

    [Fact]
    public async Task Resume_BehindRemovalsThatAreForgotten_GetsTheListAnew()
    {
        var hub = new Hub();
        var room = (await hub.ComeAsync()).Room;
        for (var i = 0; i <= KeyTable.MostRemovals; i++)
        {
            room.State.Set($"k{i}", "v");
            room.State.Remove($"k{i}");
        }
        room.State.Set("last", "v");

        var behind = await ReaderAsync(hub, state: true, start: Start.After(new Position(room.Epoch, 1)));
        var enough = await ReaderAsync(hub, state: true, start: Start.After(new Position(room.Epoch, 2)));

        Assert.Equal(["last"], behind.Joined.Keys!.Select(key => key.Key));
        Assert.False(behind.Joined.IsGap);
        Assert.Null(enough.Joined.Keys);
        await enough.LiveAsync();
        Assert.Equal(KeyTable.MostRemovals + 2, enough.Link.Received.Count);
    }

    private static async Task<TestReader> ReaderAsync(Hub hub, bool state = false, Start start = default)
    {
        var link = new TestLink();
        var peer = await hub.ComeAsync(room: null, link: link, encoder: new Positioned());
        var joined = await hub.JoinAsync(peer.Peer, new JoinRequest { Room = "lobby", Presence = true, State = state, Start = start });
        return new TestReader(peer.Peer, link, joined);
    }

    private static void EnterAgain(Hub hub, Room room)
    {
        var coming = hub.ComeWithSessionAsync("s1");
        Assert.True(coming.IsCompletedSuccessfully, "Without rules nothing is waited for.");
        Assert.Equal(1, room.Members.Enter(coming.Result.Peer, "1").Offset);
    }

    private static async Task<RemovalFormat> WatchAsync(Hub hub)
    {
        var format = new RemovalFormat();
        await hub.ComeAsync(encoder: format);
        return format;
    }

    /// <summary>Lets a test do something between the decision to take a key out and its removal.</summary>
    private sealed class RemovalFormat : IMessageEncoder
    {
        public Action? BeforeRemoval { get; set; }

        public Frame Encode(in Message message) => default;

        public Frame Encode(Room room, Entry change)
        {
            if (change.Action == EntryAction.Remove && BeforeRemoval is { } act)
            {
                BeforeRemoval = null;
                act();
            }
            return default;
        }
    }
}
