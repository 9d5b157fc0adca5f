namespace Kodama.Core.Tests;

/// <summary>An engine that decides when the test says so.</summary>
internal sealed class HeldEngine : IEngine
{
    private readonly Lock gate = new();
    private readonly List<Entry> waiting = [];
    private IRoomFeed? feed;
    private long last;

    public ReadOnlyMemory<byte> SessionKey { get; } = new byte[32];

    /// <summary>Entries that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (gate) return waiting.Count;
        }
    }

    public IRoomStore Open(string room, Retention retention, IRoomFeed roomFeed, out KeptRoom kept)
    {
        feed = roomFeed;
        kept = new KeptRoom("kept-epoch", 0, DateTimeOffset.UnixEpoch, 0, [], [], 0, [], 0);
        return new Store(this);
    }

    /// <summary>All that wait are kept, and delivered.</summary>
    public void Commit()
    {
        var batch = FlushBatch.Rent();
        feed!.Deliver([.. Take().Select(entry => entry.IsTransient ? entry : entry.Place(++last, DateTimeOffset.UnixEpoch))], batch);
        batch.Dispose();
    }

    /// <summary>None of them could be kept.</summary>
    public void Fail(string why) => feed!.Fail(Take(), why);

    public ValueTask DisposeAsync() => default;

    private Entry[] Take()
    {
        lock (gate)
        {
            Entry[] taken = [.. waiting];
            waiting.Clear();
            return taken;
        }
    }

    private sealed class Store(HeldEngine engine) : IRoomStore
    {
        public long Trimmed => 0;

        public void Append(Entry entry)
        {
            lock (engine.gate) engine.waiting.Add(entry);
        }

        public ValueTask<IReadOnlyList<Entry>> ReadAfterAsync(
            long after, int most, long mostBytes, CancellationToken cancellationToken = default) =>
            new([]);

        public ValueTask<IReadOnlyList<Entry>> ReadBeforeAsync(
            long before, int most, long mostBytes, CancellationToken cancellationToken = default) =>
            new([]);

        public long FindStart(long upTo, int messages) => Trimmed;

        public long FindStart(long upTo, DateTimeOffset since) => Trimmed;

        public void Close()
        {
        }
    }
}
