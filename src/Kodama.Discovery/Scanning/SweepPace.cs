namespace Kodama.Discovery;

/// <summary>
/// How long a watcher waits from one sweep to the next: each asks every address of the network, so it does so ever more seldom, until there
/// is reason to look anew.
/// </summary>
internal sealed class SweepPace(TimeSpan first)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private TimeSpan? last;

    /// <summary>From the beginning of one to that of the next.</summary>
    public TimeSpan Next()
    {
        var longest = Longest > first ? Longest : first;
        var next = last * 2 ?? first;
        last = next < longest ? next : longest;
        return last.Value;
    }

    public void BeginAnew() => last = null;
}
