using System.Security.Cryptography;

namespace Kodama.Server.Tests;

/// <summary>An engine that keeps nothing, and commits when a test says so.</summary>
internal sealed class ManualEngine : IEngine
{
    private readonly Lock gate = new();
    private readonly List<Store> stores = [];

    /// <summary>Entries that wait for <see cref="Commit"/>.</summary>
    public int Waiting
    {
        get
        {
            lock (gate) return stores.Sum(store => store.Pending.Count);
        }
    }

    public ReadOnlyMemory<byte> SessionKey { get; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>Rooms that cannot be opened.</summary>
    public string? Damaged { get; init; }

    public IRoomStore Open(string room, Retention retention, IRoomFeed feed, out KeptRoom kept)
    {
        if (room == Damaged) throw new EngineException($"Room {room} is damaged.");
        kept = new KeptRoom("manual", 0, DateTimeOffset.UnixEpoch, 0, [], [], 0, [], 0);
        var store = new Store(this, feed);
        lock (gate) stores.Add(store);
        return store;
    }

    /// <summary>Everything that waits is kept, or, with a reason, is not.</summary>
    public void Commit(string? failure = null)
    {
        foreach (var store in stores) store.Commit(failure);
    }

    public ValueTask DisposeAsync() => default;

    private sealed class Store(ManualEngine engine, IRoomFeed feed) : IRoomStore
    {
        private long last;

        public List<Entry> Pending { get; } = [];

        public long Trimmed => 0;

        public void Append(Entry entry)
        {
            lock (engine.gate) Pending.Add(entry);
        }

        public void Commit(string? failure)
        {
            Entry[] entries;
            lock (engine.gate)
            {
                entries = [.. Pending];
                Pending.Clear();
            }
            using var batch = FlushBatch.Rent();
            if (failure is not null) feed.Fail(entries, failure);
            else feed.Deliver(Array.ConvertAll(entries, Place), batch);
        }

        private Entry Place(Entry entry) => entry.IsTransient ? entry : entry.Place(++last, DateTimeOffset.UnixEpoch);

        public ValueTask<IReadOnlyList<Entry>> ReadAfterAsync(
            long after, int most, long mostBytes, CancellationToken cancellationToken) => new([]);

        public ValueTask<IReadOnlyList<Entry>> ReadBeforeAsync(
            long before, int most, long mostBytes, CancellationToken cancellationToken) => new([]);

        public long FindStart(long upTo, int messages) => Trimmed;

        public long FindStart(long upTo, DateTimeOffset since) => Trimmed;

        public void Close()
        {
        }
    }
}
