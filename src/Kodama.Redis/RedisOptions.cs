using System.Text.RegularExpressions;

namespace Kodama.Redis;

/// <summary>How a hub shares its rooms (docs/specs/cluster.md). Read once, when the engine is made.</summary>
public sealed partial class RedisOptions
{
    /// <summary>
    /// With what all keys and channels of the cluster begin, in braces: 1 to 32 letters, digits, points, hyphens and underscores. Hubs that
    /// name another one share nothing. Default <c>kodama</c>.
    /// </summary>
    public string Prefix { get; set; } = "kodama";

    /// <summary>How long after a hub was heard of last its members are taken out by others: 1 s to a minute. Default 10 s.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long something waits for Redis before it is refused: 100 ms to a minute. Default 5 s.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Most rooms that are kept in Redis, of all hubs together. From seven eighths on those go that no hub has open and that have no
    /// state, the longest unused first; where there are none, others cannot be opened. Default 131,072.
    /// </summary>
    public int MaxRooms { get; set; } = 128 * 1024;

    /// <summary>
    /// How many bytes Redis may take in memory, by its <c>used_memory</c>, before rooms that are not used go in the same way: from seven
    /// eighths on. What rooms in use take beyond it Redis itself refuses, by its <c>maxmemory</c>. Default null: as that is, if it is set.
    /// </summary>
    public long? MaxBytes { get; set; }

    /// <summary>What counts as the time of entries, for tests; null for Redis' own.</summary>
    internal TimeProvider? Clock { get; set; }

    internal void Validate()
    {
        if (!Allowed().IsMatch(Prefix))
            throw new ArgumentException($"Prefix is \"{Prefix}\"; it takes 1 to 32 letters, digits, points, hyphens and underscores.");
        if (MaxRooms < 1) throw new ArgumentException($"MaxRooms of Redis is {MaxRooms}; it must be at least 1.");
        const long leastBytes = 1024 * 1024;
        if (MaxBytes < leastBytes) throw new ArgumentException($"MaxBytes of Redis is {MaxBytes}; it must be at least {leastBytes}.");
        Between(TimeSpan.FromSeconds(1), Lease, nameof(Lease));
        Between(TimeSpan.FromMilliseconds(100), Patience, nameof(Patience));
    }

    private static void Between(TimeSpan least, TimeSpan value, string name)
    {
        if (value < least || value > TimeSpan.FromMinutes(1))
            throw new ArgumentException($"{name} is {value}; it must be between {least} and a minute.");
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,32}\z")]
    private static partial Regex Allowed();
}
