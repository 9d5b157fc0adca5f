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

    [Fact]
    public async Task Commits_WhileMuchIsDue_DoNotWaitForAllOfIt()
    {
        await using var engine = new SqliteEngine(folder.Path, time);
        var hub = new Hub(time: time, engine: engine);
        var rooms = new List<Room>();
        for (var i = 0; i < 1000; i++) rooms.Add((await hub.ComeAsync($"room{i}")).Room);
        await Task.WhenAll(rooms.Select(room => room.Send("old").SettledAsync()));
        hub.Stop();
        var lobby = (await new Hub(time: time, engine: engine).ComeAsync()).Room;
        Sabotage.Journal(engine);
        // The commit is asked for behind the sweep, and before it has begun.
        var result = engine.File.Read(_ =>
        {
            time.Advance(TimeSpan.FromMinutes(11));
            Assert.True(SpinWait.SpinUntil(() => Sabotage.Access(engine.File).WaitingWriteCount > 0, Core.Tests.Deadline.Limit));
            return lobby.Send("new");
        });

        await result.SettledAsync();
        await Settling.UntilAsync(() => Due(engine) == 0);

        var journal = Sabotage.ReadJournal(engine, "entries");
        Assert.Equal(1001, journal.Count);
        Assert.InRange(journal.IndexOf("new"), 1, 500);
    }

    [Fact]
    public async Task Room_OfWhichMuchIsDue_IsSweptInSlices()
    {
        await using var engine = new SqliteEngine(folder.Path, time);
        var hub = new Hub(new HubOptions { Log = { Messages = 100_000, Bytes = 100_000_000 } }, time: time, engine: engine);
        var room = (await hub.ComeAsync()).Room;
        await Task.WhenAll(Enumerable.Range(0, 10_000).Select(_ => room.Send("old").SettledAsync()));
        Sabotage.Journal(engine);

        time.Advance(TimeSpan.FromMinutes(11));

        // What is trimmed is known when it is committed, a moment after it can be read.
        await Settling.UntilAsync(() => Count(engine, "messages") == 0 && room.Store!.Trimmed == 10_000);
        Assert.Equal(["10000", "5904", "1808"], Sabotage.ReadJournal(engine, "messages"));
        Assert.Equal(0, Count(engine, "bytes"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    public async Task Room_ThatMayKeepLessThanBefore_IsTrimmedInSlices(int published)
    {
        await using var engine = new SqliteEngine(folder.Path, time);
        var hub = new Hub(new HubOptions { Log = { Messages = 100_000, Bytes = 100_000_000 } }, time: time, engine: engine);
        var room = (await hub.ComeAsync()).Room;
        await Task.WhenAll(Enumerable.Range(0, 10_000).Select(_ => room.Send("old").SettledAsync()));
        (hub, room) = await StartAsync(engine, hub);
        Sabotage.Journal(engine);
        Task<PublishResult[]> results;
        using (Sabotage.Hold(engine))
            results = Task.WhenAll(Enumerable.Range(0, published).Select(_ => room.Send("new").SettledAsync()));
        Assert.All(await results, result => Assert.Equal(RefusalCode.None, result.Code));

        time.Advance(TimeSpan.FromSeconds(5));

        // What is trimmed is known when it is committed, a moment after it can be read.
        await Settling.UntilAsync(() => Count(engine, "messages") == 256 && room.Store!.Trimmed == 10_000 + published - 256);
        var messages = Sabotage.ReadJournal(engine, "messages").Select(int.Parse).Append(256).ToList();
        Assert.All(messages.Zip(messages.Skip(1)), step => Assert.InRange(step.First - step.Second, 0, 4096));
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

    private long Due(SqliteEngine engine)
    {
        using var database = engine.File.Folder.OpenReader();
        return database.Read($"SELECT count(*) FROM rooms WHERE due <= {time.GetUtcNow().ToUnixTimeMilliseconds()}");
    }

    private static long Count(SqliteEngine engine, string column)
    {
        using var database = engine.File.Folder.OpenReader();
        return database.Read($"SELECT {column} FROM rooms");
    }
}
