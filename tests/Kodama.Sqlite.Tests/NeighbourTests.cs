namespace Kodama.Sqlite.Tests;

/// <summary>What cannot be written costs its own room, and not those that share its commit.</summary>
public sealed class NeighbourTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Id_OfTheProgramsOwn_IsKeptAndKnown()
    {
        await using (var engine = new SqliteEngine(folder.Path))
        {
            var room = (await new Hub(engine: engine).ComeAsync()).Room;
            Assert.Equal(1, (await room.State.Set("k", "v", id: new PublishId("x")).SettledAsync()).Offset);
        }
        await using var again = new SqliteEngine(folder.Path);
        var same = (await new Hub(engine: again).ComeAsync()).Room;

        var result = await same.State.Set("k", "v", id: new PublishId("x", new Position(same.Epoch, 0))).SettledAsync();

        Assert.Equal((1, true), (result.Offset, result.IsDuplicate));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task Event_WithAnOddName_HasItAfterARestart(string name)
    {
        await using (var engine = new SqliteEngine(folder.Path))
        {
            await (await new Hub(engine: engine).ComeAsync()).Room.Send(name, "x").SettledAsync();
        }
        await using var again = new SqliteEngine(folder.Path);

        var page = await (await new Hub(engine: again).ComeAsync()).Room.ReadAsync(0);

        Assert.Equal(name, Assert.Single(page.Entries).Event);
    }

    [Fact]
    public async Task Entry_ThatCannotBeWritten_CostsItsOwnRoomOnly()
    {
        await using var engine = new SqliteEngine(folder.Path);
        var hub = new Hub(engine: engine);
        var rooms = new List<Room>();
        for (var i = 0; i < 3; i++) rooms.Add((await hub.ComeAsync($"room{i}")).Room);
        foreach (var room in rooms) await room.Send("first").SettledAsync();
        Sabotage.RefuseBad(engine);
        var sent = new List<PublishResult>();
        using (Sabotage.Hold(engine))
        {
            sent.Add(rooms[0].Send("before"));
            sent.Add(rooms[1].Send("bad", "x"));
            sent.Add(rooms[2].Send("behind"));
        }

        var codes = (await Task.WhenAll(sent.Select(result => result.SettledAsync()))).Select(result => result.Code);
        Assert.Equal([RefusalCode.None, RefusalCode.NotKept, RefusalCode.None], codes);
        foreach (var room in rooms) await room.Send("last").SettledAsync();
        Assert.Equal([3, 2, 3], rooms.Select(room => room.Offset));
        Assert.Equal(["first", "last"], (await rooms[1].ReadAsync(0)).Entries.Select(entry => entry.Payload.ToString()));
    }

    public void Dispose() => folder.Dispose();
}
