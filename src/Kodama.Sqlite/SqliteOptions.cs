namespace Kodama.Sqlite;

/// <summary>What a hub's file may hold (docs/specs/log.md). Read once, when the engine is made.</summary>
public sealed class SqliteOptions
{
    private const long LeastBytes = 1024 * 1024;

    /// <summary>
    /// Most bytes of the file, beside the log of its changes (some 64 MiB). From seven eighths on the rooms with most bytes give their
    /// oldest messages; what finds no place all the same is refused. Default 1 GiB.
    /// </summary>
    public long MaxBytes { get; set; } = 1024 * 1024 * 1024;

    /// <summary>
    /// Most rooms in the file. From seven eighths on those are forgotten that are silent longest, are not in memory and have no state;
    /// where there are none, others are refused. Default 131,072.
    /// </summary>
    public int MaxRooms { get; set; } = 128 * 1024;

    internal void Validate()
    {
        if (MaxBytes < LeastBytes) throw new ArgumentException($"MaxBytes is {MaxBytes}; it must be at least {LeastBytes}.");
        if (MaxRooms < 1) throw new ArgumentException($"MaxRooms is {MaxRooms}; it must be at least 1.");
    }
}
