namespace Kodama.Sqlite.Tests;

/// <summary>What was told of a folder's room, against what is in it.</summary>
internal sealed class Ledger(string folder)
{
    private readonly HubOptions options = new() { Log = { Messages = 10_000_000, Bytes = 256 * 1024 * 1024, Age = TimeSpan.FromDays(1) } };

    /// <summary>Everything acknowledged or seen is there, at its place; offsets have no gap; nothing is there twice.</summary>
    /// <returns>What is there, by offset from 1.</returns>
    public async Task<IReadOnlyList<string>> CheckAsync(IEnumerable<Told> told)
    {
        var kept = await ReadAsync();
        Assert.Equal(kept.Count, kept.Distinct().Count());
        foreach (var line in told.Where(line => line.Offset > 0))
        {
            Assert.True(line.Offset <= kept.Count, $"{line} is lost: the room ends at {kept.Count}.");
            Assert.Equal(line.Text, kept[(int)line.Offset - 1]);
        }
        return kept;
    }

    private async Task<IReadOnlyList<string>> ReadAsync()
    {
        await using var engine = new SqliteEngine(folder);
        var hub = new Hub(options, engine: engine);
        var room = (await hub.ComeAsync()).Room;
        var kept = new List<string>();
        for (EntryPage? page = null; page is not { HasMore: false };)
        {
            page = await room.ReadAsync(page?.UpTo.Offset ?? 0, 1000);
            Assert.False(page.IsGap);
            foreach (var entry in page.Entries)
            {
                Assert.Equal(kept.Count + 1, entry.Offset);
                kept.Add(entry.Payload.ToString());
            }
        }
        Assert.Equal(room.Offset, kept.Count);
        return kept;
    }
}
