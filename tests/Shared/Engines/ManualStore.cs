namespace Kodama.Testing;

/// <summary>A room of a <see cref="ManualEngine"/>.</summary>
internal sealed class ManualStore(IRoomFeed feed, long head, Action close) : IRoomStore
{
    private readonly Lock gate = new();
    private readonly List<Entry> waiting = [];
    private long last = head;

    public long Trimmed => 0;

    /// <summary>Does what others have ordered meanwhile, and says whether that is known; null, where there are no others.</summary>
    public Func<bool>? CatchesUp { get; set; }

    public int Waiting
    {
        get
        {
            lock (gate) return waiting.Count;
        }
    }

    public void Append(Entry entry)
    {
        lock (gate) waiting.Add(entry);
    }

    public void Keep()
    {
        using var batch = FlushBatch.Rent();
        feed.Deliver(Array.ConvertAll(Take(), Place), batch);
    }

    public void Fail(string why = "The disk is full.", RefusalCode code = RefusalCode.NotKept) => feed.Fail(Take(), code, why);

    /// <summary>Tells of the oldest alone that it could not be kept.</summary>
    public void FailFirst(string why = "The disk is full.")
    {
        Entry first;
        lock (gate)
        {
            first = waiting[0];
            waiting.RemoveAt(0);
        }
        feed.Fail([first], RefusalCode.NotKept, why);
    }

    public ValueTask<bool> CatchUpAsync(CancellationToken cancellationToken) => new(CatchesUp?.Invoke() ?? true);

    public ValueTask<IReadOnlyList<Entry>> ReadAfterAsync(
        long after, int most, long mostBytes, CancellationToken cancellationToken = default) => new([]);

    public ValueTask<IReadOnlyList<Entry>> ReadBeforeAsync(
        long before, int most, long mostBytes, CancellationToken cancellationToken = default) => new([]);

    public long FindStart(long upTo, int messages) => Trimmed;

    public long FindStart(long upTo, DateTimeOffset since) => Trimmed;

    public void Close() => close();

    private Entry Place(Entry entry) => entry.Place(entry.IsTransient ? 0 : ++last, DateTimeOffset.UnixEpoch);

    private Entry[] Take()
    {
        lock (gate)
        {
            Entry[] taken = [.. waiting];
            waiting.Clear();
            return taken;
        }
    }
}
