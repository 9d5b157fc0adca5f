using Kodama.Testing;

namespace Kodama.Sqlite.Tests;

/// <summary>What is too old goes, in memory or not.</summary>
public sealed class SweepTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeClock time = new();

    [Fact]
    public async Task Messages_OfARoomThatIsNotInMemory_GoWithTheirAge()
    {
        await using var engine = new SqliteEngine(folder.Path, time);
        var (hub, room) = await StartAsync(engine);
        await room.Send("old").SettledAsync();
        await room.State.Set("light", "on").SettledAsync();
        await room.State.Set("door", "open").SettledAsync();
        await room.State.Remove("door").SettledAsync();
        hub.Stop();
        room.Store!.Close();
        await PassAsync(engine, TimeSpan.FromMinutes(11));

        Assert.Equal((0, 0, 1, 4),
            (Count(engine, "messages"), Count(engine, "removals"), Count(engine, "trimmed"), Count(engine, "forgotten")));
        (_, room) = await StartAsync(engine);
        Assert.True((await room.ReadAsync(0)).IsGap);
        Assert.Equal(4, room.Offset);
    }

    [Fact]
    public async Task Id_ThatIsForgotten_LeavesItsMark()
    {
        await using var engine = new SqliteEngine(folder.Path, time);
        var (hub, room) = await StartAsync(engine);
        await room.State.Set("light", "on", id: new PublishId("a", Scope: "program")).SettledAsync();
        hub.Stop();
        await PassAsync(engine, TimeSpan.FromMinutes(3));
        (_, room) = await StartAsync(engine, hub);

        var again = await room.State.Set("light", "on", id: new PublishId("a", new Position(room.Epoch, 0), "program")).SettledAsync();

        Assert.Equal(RefusalCode.OutcomeUnknown, again.Code);
    }

    [Fact]
    public async Task Room_OfWhichNothingIsLeft_IsForgottenAfterADayAndComesBackInAnotherEpoch()
    {
        await using var engine = new SqliteEngine(folder.Path, time);
        var (hub, room) = await StartAsync(engine);
        var epoch = room.Epoch;
        await room.Send("old").SettledAsync();
        hub.Stop();
        await PassAsync(engine, TimeSpan.FromMinutes(11));
        (hub, room) = await StartAsync(engine, hub);
        Assert.Equal((epoch, 1), (room.Epoch, room.Offset));
        hub.Stop();
        room.Store!.Close();
        await PassAsync(engine, TimeSpan.FromDays(1));

        (_, room) = await StartAsync(engine);
        Assert.NotEqual(epoch, room.Epoch);
        Assert.Equal(0, room.Offset);
    }

    public void Dispose() => folder.Dispose();

    private async Task<(Hub Hub, Room Room)> StartAsync(SqliteEngine engine, Hub? before = null)
    {
        before?.FindRoom("lobby")?.Store?.Close();
        var hub = new Hub(time: time, engine: engine);
        return (hub, (await hub.ComeAsync()).Room);
    }

    private async Task PassAsync(SqliteEngine engine, TimeSpan span)
    {
        time.Advance(span);
        await Settling.UntilAsync(() => engine.File.Read(reader => reader.Find("lobby")) is not { } found
            || found.Row.Due > time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private static long Count(SqliteEngine engine, string column)
    {
        using var database = engine.File.Folder.OpenReader();
        return database.Read($"SELECT {column} FROM rooms");
    }
}
