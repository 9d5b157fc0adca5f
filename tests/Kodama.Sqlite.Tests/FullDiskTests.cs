namespace Kodama.Sqlite.Tests;

public sealed class FullDiskTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task FullDisk_Messages_AreRefusedAndTheirPlacesGivenToOthers()
    {
        await using var engine = new SqliteEngine(folder.Path);
        var hub = new Hub(new HubOptions { Log = { Messages = 10_000, Bytes = 100_000_000 } }, engine: engine);
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync());
        await yui.SayAsync("first").SettledAsync();
        // As much as a disk that is nearly full lets it grow.
        engine.File.Writer!.Read($"PRAGMA max_page_count = {engine.File.Writer.Read("PRAGMA page_count") + 5}");

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => yui.SayAsync(new string('x', 1000)).SettledAsync()));
        var refused = results.First(result => result.Code == RefusalCode.NotKept);
        Assert.Contains($"{engine.Path} cannot grow, as the disk is full, or", refused.Refusal);
        engine.File.Writer!.Read("PRAGMA max_page_count = 1000000");
        var last = await yui.SayAsync("last").SettledAsync();

        var kept = results.Count(result => result.Code == RefusalCode.None);
        Assert.Equal(kept + 2, last.Offset);
        Assert.Equal(last.Offset, (await yui.Room.ReadAsync(0, 1000)).Entries.Count);
        await Settling.UntilAsync(() => ren.Received.Count == kept + 2);
        Assert.Equal("last", ren.Received[^1]);
    }

    [Fact]
    public async Task FullDisk_WhereIdsAreGiven_HoldsTheLaterOnesUpUntilTheFailedOneIsSentAgain()
    {
        await using var engine = new SqliteEngine(folder.Path);
        var yui = await new Hub(engine: engine).ComeAsync();
        await yui.SayAsync("first").SettledAsync();
        engine.File.Writer!.Read($"PRAGMA max_page_count = {engine.File.Writer.Read("PRAGMA page_count")}");
        var large = new string('x', 100_000);

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => EngineContract.PublishAsync(yui, large, $"id{i}")));
        engine.File.Writer!.Read("PRAGMA max_page_count = 1000000");

        Assert.All(results, result => Assert.True(result.Code is RefusalCode.NotKept or RefusalCode.NotInOrder, $"{result.Code}"));
        Assert.Equal(RefusalCode.NotInOrder, (await EngineContract.PublishAsync(yui, "later", "later")).Code);
        Assert.Equal(2, (await EngineContract.PublishAsync(yui, large, "id0")).Offset);
        Assert.Equal(3, (await EngineContract.PublishAsync(yui, "later", "later")).Offset);
    }

    public void Dispose() => folder.Dispose();
}
