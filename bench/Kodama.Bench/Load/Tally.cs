namespace Kodama.Bench.Load;

/// <summary>What all connections received.</summary>
internal sealed class Tally
{
    public long Delivered { get; private set; }

    public long Gaps { get; private set; }

    public long Duplicates { get; private set; }

    public long OutOfOrder { get; private set; }

    public long Altered { get; private set; }

    public long Strays { get; private set; }

    /// <summary>Whether latencies are taken.</summary>
    public bool Measuring { get; set; }

    public LatencyHistogram Latencies { get; } = new();

    public void Stray() => Strays++;

    /// <summary>A message with this number arrived where <paramref name="expected"/> was next; returns the next to expect.</summary>
    public long Deliver(uint sequence, long expected, bool intact, long nanoseconds)
    {
        Delivered++;
        if (Measuring)
            Latencies.Add(nanoseconds / 1000);
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
