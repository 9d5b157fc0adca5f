namespace Kodama.Server;

/// <summary>How many bytes one send took, in buckets.</summary>
internal sealed class FlushSizes
{
    private static readonly double[] Bounds = [64, 256, 1024, 4096, 16384, 65536, 262144, 1048576];

    private readonly long[] counts = new long[Bounds.Length + 1];
    private long sum;

    public void Add(long bytes)
    {
        var bucket = 0;
        while (bucket < Bounds.Length && bytes > Bounds[bucket]) bucket++;
        Interlocked.Increment(ref counts[bucket]);
        Interlocked.Add(ref sum, bytes);
    }

    public void Write(PrometheusText text, string name, string help, string? unit) =>
        text.Write(name, help, unit, Bounds, counts, Interlocked.Read(ref sum));
}
