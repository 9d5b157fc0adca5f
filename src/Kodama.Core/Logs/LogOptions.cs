namespace Kodama;

/// <summary>What the hub keeps of its rooms (docs/specs/log.md). A room may have its own: <see cref="RoomOptions.Log"/>.</summary>
public sealed class LogOptions
{
    /// <summary>Most messages kept of a room; 0 keeps none. Default 256.</summary>
    public int Messages { get; set; } = 256;

    /// <summary>
    /// Most bytes kept of a room's messages: of payloads, event names and ids, and of their authors' ids and details. The newest is
    /// kept even if it has more. Default 2 MiB.
    /// </summary>
    public int Bytes { get; set; } = 2 * 1024 * 1024;

    /// <summary>How long a message is kept. Default 10 minutes.</summary>
    public TimeSpan Age { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a room in which something happened lives on after its last peer or last entry. Default 2 minutes.</summary>
    public TimeSpan KeepEmpty { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Most bytes that all rooms may take in memory. State and members are refused beyond a quarter of it, rooms themselves beyond five
    /// eighths; messages have the rest, and the largest logs give first. Default 128 MiB.
    /// </summary>
    public long MaxTotalBytes { get; set; } = 128L * 1024 * 1024;

    /// <summary>Most rooms at once, and twice the most that have state; what would make another is refused. Default 131,072.</summary>
    public int MaxRooms { get; set; } = 128 * 1024;

    /// <summary>Most keys of a room's state. Default 1,024.</summary>
    public int MaxStateKeys { get; set; } = 1024;

    /// <summary>Most bytes of a room's state, its keys and their writers included. Default 1 MiB.</summary>
    public int MaxStateBytes { get; set; } = 1024 * 1024;

    /// <summary>Most members of a room. Default 16,384.</summary>
    public int MaxMembers { get; set; } = 16 * 1024;

    /// <summary>Most bytes of a room's members: their data, ids and details. Default 4 MiB.</summary>
    public int MaxMemberBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// Most bytes that may wait for an engine to keep them; beyond it publishing is refused as busy, and before it to an author who has
    /// more waiting in the room than is free. Default 64 MiB.
    /// </summary>
    public long MaxPendingBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How long a member whose connection broke may take to come back, if it has a session. Default 10 s.</summary>
    public TimeSpan PresenceGrace { get; set; } = TimeSpan.FromSeconds(10);

    internal KeyBounds KeyBounds => new(MaxStateKeys, MaxStateBytes, MaxMembers, MaxMemberBytes);

    internal void Validate()
    {
        AtLeast(0, Messages, nameof(Messages));
        AtLeast(0, Bytes, nameof(Bytes));
        if (Bytes > Retention.MostBytes)
            throw new ArgumentException($"Log.Bytes is {Bytes}; it can be at most {Retention.MostBytes}.");
        AtLeast(0, MaxTotalBytes, nameof(MaxTotalBytes));
        AtLeast(1, MaxRooms, nameof(MaxRooms));
        AtLeast(0, MaxStateKeys, nameof(MaxStateKeys));
        AtLeast(0, MaxStateBytes, nameof(MaxStateBytes));
        AtLeast(0, MaxMembers, nameof(MaxMembers));
        AtLeast(0, MaxMemberBytes, nameof(MaxMemberBytes));
        AtLeast(1, MaxPendingBytes, nameof(MaxPendingBytes));
        NotNegative(Age, nameof(Age));
        NotNegative(KeepEmpty, nameof(KeepEmpty));
        NotNegative(PresenceGrace, nameof(PresenceGrace));
    }

    private static void AtLeast(int least, long value, string name)
    {
        if (value < least) throw new ArgumentException($"Log.{name} is {value}; it must be at least {least}.");
    }

    private static void NotNegative(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero) throw new ArgumentException($"Log.{name} is {value}; it cannot be negative.");
    }
}
