namespace Kodama.Sqlite.Program;

/// <summary>Publishers, each with one message on its way, and a reader: tells what is acknowledged and what is seen.</summary>
internal static class PublishRun
{
    private static readonly HubOptions Options = new() { Log = { Messages = 10_000_000, Bytes = 256 * 1024 * 1024,
        Age = TimeSpan.FromDays(1) } };

    public static async Task<int> RunAsync(string folder, int publishers, int count)
    {
        using var reporter = new Reporter();
        await using var engine = new SqliteEngine(folder);
        var hub = new Hub(Options, engine: engine);
        await ReaderDoor.JoinAsync(hub, "lobby", reporter);
        var life = Guid.NewGuid().ToString("N")[..8];
        await Task.WhenAll(Enumerable.Range(0, publishers).Select(p => PublishAsync(hub, $"{life}/{p}", count, reporter)));
        hub.Stop();
        return 0;
    }

    private static async Task PublishAsync(Hub hub, string name, int count, Reporter reporter)
    {
        await Task.Yield();
        var (peer, room) = await NoDoor.JoinAsync(hub, "lobby");
        for (var i = 0; i < count;)
        {
            var text = $"{name}/{i}.";
            var result = await PublishAsync(peer, room, text);
            reporter.Tell(result.Code == RefusalCode.None ? $"ack {result.Offset} {text}" : $"{result.Code} 0 {text}");
            // What could not be kept is sent again, until it is.
            if (result.Code == RefusalCode.None) i++;
        }
    }

    private static async Task<PublishResult> PublishAsync(Peer peer, Room room, string text)
    {
        var batch = FlushBatch.Rent();
        var result = await peer.Hub.PublishAsync(peer, room, text, Message.DefaultEvent, new PublishOptions(new PublishId(text)), batch);
        batch.Dispose();
        return result.Pending is { } pending ? await pending : result;
    }
}
