using Kodama.Testing;

namespace Kodama.Sqlite.Tests;

/// <summary>What the file may hold, and who gives way.</summary>
public sealed class BoundsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Bytes_NearTheirBound_AreTakenFromTheLargestRooms()
    {
        var options = new SqliteOptions { MaxBytes = 4 * 1024 * 1024 };
        await using var engine = new SqliteEngine(folder.Path, options: options);
        var hub = new Hub(new HubOptions { Log = { Messages = 10_000, Bytes = 64 * 1024 * 1024 } }, engine: engine);
        var (loud, quiet) = ((await hub.ComeAsync("loud")).Room, (await hub.ComeAsync("quiet")).Room);
        await quiet.Send("kept").SettledAsync();
        var large = new string('x', 50_000);
        for (var i = 0; i < 400; i++) Assert.Equal(RefusalCode.None, (await loud.Send(large).SettledAsync()).Code);

        Assert.Equal(("kept", 400), ((await quiet.ReadAsync(0)).Entries.Single().Payload.ToString(), loud.Offset));
        Assert.InRange(new FileInfo(engine.Path).Length, 1, options.MaxBytes);
        Assert.InRange(loud.Store!.Trimmed, 300, 399);
        Assert.Equal(400 - loud.Store.Trimmed, engine.File.Read(reader => reader.Find("loud")!.Value.Row.Messages));
    }

    [Fact]
    public async Task Bytes_OfAnOlderHubsFile_AreWithinTheBoundSoon()
    {
        await using (var before = new SqliteEngine(folder.Path))
        {
            var hub = new Hub(new HubOptions { Log = { Messages = 10_000, Bytes = 64 * 1024 * 1024 } }, engine: before);
            for (var i = 0; i < 20; i++) await (await hub.ComeAsync($"room{i}")).Room.Send(new string('x', 200_000)).SettledAsync();
        }
        var time = new FakeClock();
        await using var engine = new SqliteEngine(folder.Path, time, options: new SqliteOptions { MaxBytes = 2 * 1024 * 1024 });

        time.Advance(TimeSpan.FromSeconds(5));

        await Settling.UntilAsync(() => UsedBytes(engine) <= 2 * 1024 * 1024 / 8 * 7);
        Assert.NotEqual(0, Count(engine, "SELECT count(*) FROM entries"));
    }

    [Fact]
    public async Task State_ThatFillsTheFile_IsRefusedAndNothingIsLost()
    {
        await using var engine = new SqliteEngine(folder.Path, options: new SqliteOptions { MaxBytes = 1024 * 1024 });
        var room = (await new Hub(new HubOptions { Log = { MaxStateBytes = 10_000_000 } }, engine: engine).ComeAsync()).Room;
        var results = new List<PublishResult>();
        for (var i = 0; i < 30; i++) results.Add(await room.State.Set($"key{i}", new string('x', 50_000)).SettledAsync());

        var refused = results.First(result => result.Code != RefusalCode.None);
        Assert.Equal(RefusalCode.NotKept, refused.Code);
        Assert.Contains($"{engine.Path} cannot grow", refused.Refusal);
        Assert.Equal(results.Count(result => result.Code == RefusalCode.None), room.State.List().Keys.Count);
        Assert.Equal(RefusalCode.None, (await room.State.Remove("key0").SettledAsync()).Code);
    }

    [Fact]
    public async Task Rooms_NearTheirBound_AreForgottenThatAreSilentLongest()
    {
        await using var engine = new SqliteEngine(folder.Path, options: new SqliteOptions { MaxRooms = 64 });
        var hub = new Hub(new HubOptions { Log = { KeepEmpty = TimeSpan.Zero } }, engine: engine);
        var open = (await hub.ComeAsync("open")).Room;
        await open.Send("kept").SettledAsync();
        await PublishAsync(hub, "state", room => room.State.Set("k", "v"));
        for (var i = 0; i < 200; i++) Assert.Equal(RefusalCode.None, (await PublishAsync(hub, $"room{i}", room => room.Send("x"))).Code);

        await Settling.UntilAsync(() => Count(engine, "SELECT count(*) FROM rooms") == 64 - 8);
        Assert.All(["open", "state", "room199"], name => Assert.NotNull(engine.File.Read(reader => reader.Find(name))));
        Assert.Null(engine.File.Read(reader => reader.Find("room0")));
        Assert.Equal(0, Count(engine, "SELECT count(*) FROM entries WHERE room NOT IN (SELECT room FROM rooms)"));
    }

    [Fact]
    public async Task Rooms_BehindManyInMemoryThatAreSilentLonger_AreForgotten()
    {
        await using var engine = new SqliteEngine(folder.Path, options: new SqliteOptions { MaxRooms = 4800 });
        var hub = new Hub(new HubOptions { Log = { KeepEmpty = TimeSpan.Zero } }, engine: engine);
        var open = new List<Room>();
        for (var i = 0; i < 4100; i++) open.Add((await hub.ComeAsync($"open{i}")).Room);
        await Task.WhenAll(open.Select(room => room.Send("kept").SettledAsync()));

        var others = Enumerable.Range(0, 200).Select(i => PublishAsync(hub, $"room{i}", room => room.Send("x")));
        Assert.All(await Task.WhenAll(others), result => Assert.Equal(RefusalCode.None, result.Code));

        await Settling.UntilAsync(() => Count(engine, "SELECT count(*) FROM rooms") == 4800 - 600);
        Assert.Equal(open.Count, Count(engine, "SELECT count(*) FROM rooms WHERE name LIKE 'open%'"));
    }

    [Fact]
    public void Slice_ThatFindsNothingToTake_IsFullAllTheSame()
    {
        using var engine = new SqliteEngine(folder.Path);
        var looks = new List<bool>();
        Slice.Run(engine.File, new OpenRooms([]), slice =>
        {
            while (!slice.IsFull && looks.Count < 10_000) looks.Add(looks.Count % 2 == 0 ? slice.TakeAll(1) : slice.TakeHalf(1));
        });

        Assert.Equal(4096, looks.Count);
        Assert.DoesNotContain(true, looks);
    }

    [Fact]
    public async Task Rooms_BeyondTheirBoundThatAreAllInUse_AreRefusedAndTheOthersGoOn()
    {
        await using var engine = new SqliteEngine(folder.Path, options: new SqliteOptions { MaxRooms = 4 });
        var hub = new Hub(engine: engine);
        var rooms = new List<Room>();
        for (var i = 0; i < 5; i++) rooms.Add((await hub.ComeAsync($"room{i}")).Room);
        var results = new List<PublishResult>();
        foreach (var room in rooms) results.Add(await room.Send("x").SettledAsync());

        Assert.All(results[..4], result => Assert.Equal(RefusalCode.None, result.Code));
        Assert.Equal(RefusalCode.NotKept, results[4].Code);
        Assert.Contains("has as many rooms as it may (4)", results[4].Refusal);
        Assert.Equal(2, (await rooms[0].Send("y").SettledAsync()).Offset);
    }

    [Theory]
    [InlineData(1000, 1)]
    [InlineData(1024 * 1024, 0)]
    public void Options_OutOfRange_AreRefused(long bytes, int rooms) =>
        Assert.Throws<ArgumentException>(() =>
            new SqliteEngine(folder.Path, options: new SqliteOptions { MaxBytes = bytes, MaxRooms = rooms }));

    public void Dispose() => folder.Dispose();

    private static async Task<PublishResult> PublishAsync(Hub hub, string name, Func<Room, PublishResult> publish)
    {
        var peer = await hub.ComeAsync(name);
        var room = peer.Room;
        var result = await publish(room).SettledAsync();
        peer.Go();
        if (!room.Life.TryEnd()) room.Store!.Close();
        return result;
    }

    private static long UsedBytes(SqliteEngine engine)
    {
        using var database = engine.File.Folder.OpenReader();
        return database.UsedBytes();
    }

    private static long Count(SqliteEngine engine, string sql)
    {
        using var database = engine.File.Folder.OpenReader();
        return database.Read(sql);
    }
}
