namespace Kodama.Server;

/// <summary>
/// How many connections may still come in. The last descriptors stay free: a runtime that finds none for a new thread ends the process.
/// Counted anew each second, as others open descriptors too, and each time where little room is left; in between what is taken is added,
/// and what goes is not noticed.
/// </summary>
internal sealed class DescriptorBudget
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    // Each thread that begins takes three for a moment, each assembly that is loaded two for good. Of 1,024 it keeps 21; of 200 no more
    // than it must.
    private const int Share = 48;
    private const int SmallestReserve = 8;
    private const int LargestReserve = 256;

    // A protocol that is used for the first time loads a dozen assemblies in no time.
    private const int Near = 64;

    private readonly IDescriptors descriptors;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly int reserve;
    private int held;
    private long countedAt;

    public DescriptorBudget(IDescriptors descriptors, TimeProvider time)
    {
        this.descriptors = descriptors;
        this.time = time;
        Limit = descriptors.Limit;
        reserve = Math.Clamp(Limit / Share, SmallestReserve, LargestReserve);
        if (!IsUnlimited) Count_NeedsLock();
    }

    public int Limit { get; }

    /// <summary>Open descriptors of the process, as of a second ago at most.</summary>
    public int Held
    {
        get
        {
            lock (gate)
            {
                if (!IsUnlimited && IsStale) Count_NeedsLock();
                return held;
            }
        }
    }

    private int Room_NeedsLock => Limit - reserve - held;

    private bool IsNear_NeedsLock => Room_NeedsLock <= Math.Max(Near, reserve);

    private bool IsUnlimited => Limit == int.MaxValue;

    private bool IsStale => time.GetElapsedTime(countedAt) >= Fresh;

    /// <summary>Takes one for a connection that is about to come; false when none is left but the reserve.</summary>
    public bool TryTake()
    {
        if (IsUnlimited) return true;
        lock (gate)
        {
            if (IsNear_NeedsLock || IsStale) Count_NeedsLock();
            if (Room_NeedsLock <= 0) return false;
            held++;
            return true;
        }
    }

    private void Count_NeedsLock()
    {
        held = descriptors.Count();
        countedAt = time.GetTimestamp();
        descriptors.Spare(IsNear_NeedsLock);
    }
}
