namespace Kodama.Testing;

/// <summary>What befalls the connections of a way, as a seed decides.</summary>
internal sealed class Faults(Roughness roughness, int seed)
{
    private readonly Lock gate = new();
    private readonly Random random = new(seed);
    private int cuts;
    private int stalls;
    private volatile bool areOver;

    public int Cuts => Volatile.Read(ref cuts);

    public int Stalls => Volatile.Read(ref stalls);

    /// <summary>Nothing happens to anybody.</summary>
    public bool AreOver
    {
        get => areOver;
        set => areOver = value;
    }

    public int LongestDelay => roughness.LongestDelay;

    public int BytesToNext() => Next(2 * roughness.BytesBetweenFaults);

    /// <summary>Counts one more, and tells whether it stalls.</summary>
    public bool Stall()
    {
        bool isStall;
        lock (gate) isStall = random.NextDouble() < roughness.Stalls;
        Interlocked.Increment(ref isStall ? ref stalls : ref cuts);
        return isStall;
    }

    public int Next(int bound)
    {
        lock (gate) return random.Next(bound);
    }
}
