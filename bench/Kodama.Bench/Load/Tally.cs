namespace Kodama.Bench.Load;

/// <summary>What all connections received. Only the thread that completes receives writes it.</summary>
internal sealed class Tally
{
    private readonly LatencyHistogram _latencies = new();
    private long _delivered;
    private int _measuring;

    public long Delivered => Volatile.Read(ref _delivered);

    public long Gaps { get; private set; }

    public long Duplicates { get; private set; }

    public long OutOfOrder { get; private set; }

    public long Altered { get; private set; }

    public long Strays { get; private set; }

    public bool Measuring
    {
        get => Volatile.Read(ref _measuring) != 0;
        set => Volatile.Write(ref _measuring, value ? 1 : 0);
    }

    public LatencyHistogram Latencies => _latencies;

    public void Stray() => Strays++;

    /// <summary>A message with this number arrived where <paramref name="expected"/> was next; returns the next to expect.</summary>
    public long Deliver(uint sequence, long expected, bool intact, long nanoseconds)
    {
        Volatile.Write(ref _delivered, _delivered + 1);
        if (Measuring)
            _latencies.Add(nanoseconds / 1000);
        if (!intact)
            Altered++;
        if (sequence == expected)
            return expected + 1;
        if (sequence > expected)
        {
            Gaps += sequence - expected;
            return sequence + 1L;
        }

        if (sequence == expected - 1)
            Duplicates++;
        else
            OutOfOrder++;
        return expected;
    }
}
