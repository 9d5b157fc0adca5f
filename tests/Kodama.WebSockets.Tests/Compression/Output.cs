namespace Kodama.WebSockets.Tests;

/// <summary>Where a message is inflated to, in as many steps as it takes, and what they cost.</summary>
internal sealed class Output : IDisposable
{
    public PooledBytes Bytes;

    public int Steps { get; private set; }

    public long Cost { get; private set; }

    public int LargestCost { get; private set; }

    public InflateResult Inflate(ReadOnlySpan<byte> input, int maxSize, int maxDistance = 1 << 15, int step = Inflater.Step)
    {
        var state = new InflateState(Bytes.Length);
        InflateResult result;
        do
        {
            result = Inflater.Inflate(input, ref Bytes, ref state, maxSize, maxDistance, step);
            Steps++;
            Cost += state.Cost;
            LargestCost = Math.Max(LargestCost, state.Cost);
        }
        while (result == InflateResult.Paused);
        return result;
    }

    public void Dispose() => Bytes.Return();
}
