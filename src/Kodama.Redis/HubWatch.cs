using System.Diagnostics;

namespace Kodama.Redis;

/// <summary>
/// Which hubs were not heard of for too long. Each counts up in Redis; another that sees no change calls it dead, by its own clock, and
/// only for time in which Redis has answered itself: so neither a clock nor a slow Redis ends all of them at once.
/// </summary>
/// <param name="lease">In which a dead hub is to be found.</param>
internal sealed class HubWatch(TimeSpan lease)
{
    private readonly Dictionary<string, (string Count, TimeSpan Silent)> known = [];
    private long last;

    // A beat every fifth, and three fifths without one: found after four fifths, or five, where both have just missed it.
    public static TimeSpan BeatsEvery(TimeSpan lease) => lease / 5;

    /// <summary>Those that are silent for too long.</summary>
    /// <param name="beats">What all have counted, as Redis has just told.</param>
    public List<(string Hub, string Count)> Look(IReadOnlyDictionary<string, string> beats)
    {
        var passed = last == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(last);
        if (passed > 2 * BeatsEvery(lease)) passed = 2 * BeatsEvery(lease);
        last = Stopwatch.GetTimestamp();
        foreach (var gone in known.Keys.Where(hub => !beats.ContainsKey(hub)).ToList()) known.Remove(gone);
        List<(string Hub, string Count)> silent = [];
        foreach (var (hub, count) in beats)
        {
            var sofar = known.TryGetValue(hub, out var before) && before.Count == count ? before.Silent + passed : TimeSpan.Zero;
            known[hub] = (count, sofar);
            if (sofar >= lease * 3 / 5) silent.Add((hub, count));
        }
        return silent;
    }
}
