namespace Kodama.Discovery;

/// <summary>How many answers to single askers leave a link: enough for any crowd of scanners, too few to flood one by asking in his
/// name.</summary>
internal sealed class UnicastLimit
{
    private const int PerSecond = 256;

    private TimeSpan windowEnd;
    private int count;

    public bool TryTake(TimeSpan now)
    {
        if (now >= windowEnd) (windowEnd, count) = (now + TimeSpan.FromSeconds(1), 0);
        return ++count <= PerSecond;
    }
}
