using System.Runtime.InteropServices;

namespace Kodama.Core.Tests;

/// <summary>An engine that decides when the test says so.</summary>
internal sealed class ManualEngine : IEngine
{
    private readonly Dictionary<string, ManualStore> open = [];

    public ReadOnlyMemory<byte> SessionKey { get; } = new byte[32];

    public int Opened { get; private set; }

    /// <summary>Runs as a room is opened, before anything of it is known.</summary>
    public Action? WhileOpening { get; set; }

    public ManualStore this[string room] => open[room];

    public IRoomStore Open(string room, Retention retention, IRoomFeed feed, out KeptRoom kept)
    {
        Opened++;
        kept = new KeptRoom("epoch", 0, DateTimeOffset.UnixEpoch, 0, [], [], 0, [], 0);
        var store = new ManualStore(feed, () => open.Remove(room));
        Assert.True(open.TryAdd(room, store), "A room was opened while it was open.");
        WhileOpening?.Invoke();
        return store;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal sealed class ManualStore(IRoomFeed feed, Action close) : IRoomStore
    {
        private readonly List<Entry> waiting = [];
        private long head;

        public long Trimmed => 0;

        public IReadOnlyList<Entry> Waiting => waiting;

        public void Append(Entry entry) => waiting.Add(entry);

        public void Keep()
        {
            var batch = FlushBatch.Rent();
            foreach (var entry in waiting) entry.Place(entry.IsTransient ? 0 : ++head, DateTimeOffset.UnixEpoch);
            feed.Deliver(CollectionsMarshal.AsSpan(Take()), batch);
            batch.Dispose();
        }

        public void Fail() => feed.Fail(CollectionsMarshal.AsSpan(Take()), "The disk is full.");

        /// <summary>Tells of the oldest alone that it could not be kept.</summary>
        public void FailFirst()
        {
            var first = waiting[0];
            waiting.RemoveAt(0);
            feed.Fail([first], "The disk is full.");
        }

        public ValueTask<IReadOnlyList<Entry>> ReadAfterAsync(
            long after, int most, long mostBytes, CancellationToken cancellationToken = default) =>
            new((IReadOnlyList<Entry>)[]);

        public ValueTask<IReadOnlyList<Entry>> ReadBeforeAsync(
            long before, int most, long mostBytes, CancellationToken cancellationToken = default) =>
            new((IReadOnlyList<Entry>)[]);

        public long FindStart(long upTo, int messages) => Trimmed;

        public long FindStart(long upTo, DateTimeOffset since) => Trimmed;

        public void Close() => close();

        private List<Entry> Take()
        {
            List<Entry> taken = [.. waiting];
            waiting.Clear();
            return taken;
        }
    }
}
