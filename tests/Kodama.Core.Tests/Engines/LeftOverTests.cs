using Kodama.Testing;

namespace Kodama.Core.Tests;

/// <summary>Members and bound keys of a hub that was killed, until their leaves are kept.</summary>
public sealed class LeftOverTests : IAsyncDisposable
{
    private readonly FakeClock time = new();
    private readonly ManualEngine engine = new()
    {
        Kept = new KeptRoom(
            ManualEngine.Epoch, 3, DateTimeOffset.UnixEpoch, 0, [],
            [
                Left(EntryKind.Presence, "s1", 1, isBound: true),
                Left(EntryKind.State, "cursor", 2, isBound: true),
                Left(EntryKind.State, "light", 3, isBound: false),
            ],
            0, [], 0),
    };

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    [Fact]
    public async Task LeftOver_BeforeItsLeaveIsKept_IsInNoList()
    {
        var room = (await NewHub().ComeAsync()).Room;
        Assert.Equal(2, engine.Waiting);

        AssertGone(room, 3);
        engine.Keep();

        AssertGone(room, 5);
    }

    [Fact]
    public async Task LeftOver_WhoseLeaveCannotBeKept_IsInNoListAndIsRemovedAgain()
    {
        var room = (await NewHub().ComeAsync()).Room;
        engine.Fail();

        AssertGone(room, 3);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, engine.Waiting);
        engine.Keep();

        AssertGone(room, 5);
    }

    [Fact]
    public async Task Join_WithKeys_IsToldNoLeftOvers()
    {
        var ren = await EngineContract.JoinAsync(
            NewHub(), Start.After(new Position("another", 1)), presence: true, state: true);

        Assert.Equal("light", Assert.Single(ren.Joined.Keys!).Key);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Author_ThatIsBack_EntersAnew(bool isFailed)
    {
        var yui = await NewHub().ComeWithSessionAsync("s1");
        if (isFailed) engine.Fail();

        var entered = yui.Room.Members.Enter(yui.Peer, "1");
        engine.Keep();

        var offset = (await entered.SettledAsync()).Offset;
        Assert.Equal(offset, Assert.Single(yui.Room.Members.List().Members).Offset);
        Assert.Equal(isFailed ? 4 : 6, offset);
        Assert.Equal(1, yui.Room.Members.Count);
    }

    [Fact]
    public async Task Condition_ThatAKeyIsNotSet_HoldsOfALeftOverOne()
    {
        var room = (await NewHub().ComeAsync()).Room;
        engine.Fail();

        Assert.Equal(RefusalCode.None, room.State.Set("cursor", "2", condition: KeyCondition.Absent).Code);
        engine.Keep();

        Assert.Equal(["light", "cursor"], room.State.List().Keys.Select(static key => key.Key!));
    }

    private static void AssertGone(Room room, long head)
    {
        Assert.Equal((head, 0, 0), (room.Offset, room.Members.List().Members.Count, room.Members.Count));
        Assert.Equal("light", Assert.Single(room.State.List().Keys).Key);
        Assert.Null(room.State.Find("cursor"));
    }

    private static Entry Left(EntryKind kind, string key, long offset, bool isBound) => new Entry
    {
        Kind = kind,
        Action = kind == EntryKind.Presence ? EntryAction.Enter : EntryAction.Update,
        Key = key,
        Author = new Author("s1", new Dictionary<string, string>()),
        Event = "",
        Payload = "1",
        IsBound = isBound,
    }.Place(offset, DateTimeOffset.UnixEpoch);

    private Hub NewHub() => new(engine: engine, time: time);
}
