using System.Numerics;

namespace Kodama.Bench.Load;

/// <summary>Counts microseconds in buckets of at most 1/64 of their value.</summary>
internal sealed class LatencyHistogram
{
    private const int Bits = 6;
    private readonly long[] _counts = new long[(65 - Bits) << Bits];
    private long _total;

    public void Add(long microseconds)
    {
        _counts[Bucket((ulong)Math.Max(0, microseconds))]++;
        _total++;
    }

    /// <summary>The upper end of the bucket below which this part of the values lies; null without values.</summary>
    public double? Percentile(double part)
    {
        var left = (long)(part * _total);
        for (var i = 0; i < _counts.Length; i++)
        {
            if ((left -= _counts[i]) < 0)
                return UpperEnd(i);
        }

        return null;
    }

    private static int Bucket(ulong value)
    {
        var shift = Math.Max(0, BitOperations.Log2(value | 1) - Bits);
        return (shift << Bits) + (int)(value >> shift);
    }

    private static double UpperEnd(int bucket)
    {
        if (bucket < 2 << Bits)
            return bucket;
        var shift = (bucket >> Bits) - 1;
        var mantissa = (1UL << Bits) | ((ulong)bucket & ((1UL << Bits) - 1));
        return ((mantissa + 1) << shift) - 1;
    }
}
