namespace Kodama.Core.Tests;

public class RoomStateTests
{
    [Fact]
    public async Task Set_And_Remove_LeaveTheLastValueOfEachKey()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        var state = yui.Room.State;

        Assert.Equal(1, state.Set("a", "1", yui.Peer).Offset);
        Assert.Equal(2, state.Set("b", "2").Offset);
        Assert.Equal(3, state.Set("a", "3").Offset);
        Assert.Equal(4, state.Remove("b").Offset);
        Assert.Equal(default, state.Remove("b"));

        var list = state.List();
        Assert.Equal(("a", "3", 3L), Assert.Single(list.Keys.Select(key => (key.Key!, key.Payload.ToString(), key.Offset))));
        Assert.Equal(new Position(yui.Room.Epoch, 4), list.Position);
        Assert.Empty(yui.Received);
    }

    [Fact]
    public async Task Set_BeyondTheBounds_IsRefusedAndEvictsNothing()
    {
        var hub = new Hub(new HubOptions { Log = { MaxStateKeys = 2, MaxStateBytes = 20 } });
        var state = (await hub.ComeAsync()).Room.State;
        state.Set("a", "1");
        state.Set("b", "2");

        Assert.Equal(RefusalCode.Full, state.Set("c", "3").Code);
        Assert.Equal(RefusalCode.Full, state.Set("a", new string('x', 20)).Code);
        Assert.Null(state.Set("a", "4").Refusal);
        Assert.Equal(["b", "a"], state.List().Keys.Select(key => key.Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    public async Task Set_KeyThatIsNone_IsRefused(string key)
    {
        var room = (await new Hub().ComeAsync()).Room;

        Assert.Equal(RefusalCode.Invalid, room.State.Set(key, "x").Code);
        Assert.Equal(RefusalCode.Invalid, room.State.Set(new string('日', 86), "x").Code);
    }

    [Fact]
    public async Task Set_AgainUnderTheSameId_DoesNotUndoWhatAnotherHasSet()
    {
        var hub = new Hub();
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync());
        var state = yui.Room.State;
        state.Set("k", "1", yui.Peer, id: new PublishId("a"));
        state.Set("k", "2", ren.Peer);

        var again = state.Set("k", "1", yui.Peer, id: new PublishId("a", new Position(yui.Room.Epoch, 0)));

        Assert.Equal((1, true), (again.Offset, again.IsDuplicate));
        Assert.Equal("2", state.Find("k")!.Payload.ToString());
    }

    [Fact]
    public async Task Room_WithState_OutlivesItsPeersAndItsLastKeyForAWhile()
    {
        var time = new Kodama.Testing.FakeClock();
        var hub = new Hub(time: time);
        var yui = await hub.ComeAsync();
        var room = yui.Room;
        room.State.Set("k", "v");
        yui.Go();
        time.Advance(TimeSpan.FromHours(1));
        Assert.Same(room, Assert.Single(hub.Rooms));

        room.State.Remove("k");
        time.Advance(TimeSpan.FromSeconds(119));
        Assert.Same(room, Assert.Single(hub.Rooms));
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Empty(hub.Rooms);
    }

    [Fact]
    public async Task Set_ByAPeerThatIsNotInTheRoom_IsRefused()
    {
        var hub = new Hub();
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync("other"));

        Assert.Equal(RefusalCode.NotJoined, yui.Room.State.Set("k", "v", ren.Peer).Code);
    }
}
