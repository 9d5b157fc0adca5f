namespace Kodama;

/// <summary>What happens to a peer that takes messages slower than they come.</summary>
public enum SlowPeerPolicy
{
    /// <summary>It is disconnected with <see cref="CloseReason.TooSlow"/>, and can come back: it never misses a message
    /// unknowingly.</summary>
    Disconnect,

    /// <summary>It loses the oldest messages that it has not been sent: for positions, sensor values and the like, where only the newest
    /// counts.</summary>
    DropOldest,
}

/// <summary>Bounds of a peer's outbox. One frame is always taken, however large, when nothing else waits.</summary>
public sealed class OutboxOptions
{
    /// <summary>Most bytes that may wait for a peer. Default 4 MiB.</summary>
    public int MaxBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Most frames that may wait for a peer. Default 16,384.</summary>
    public int MaxFrames { get; set; } = 16 * 1024;

    /// <summary>
    /// Most bytes that all outboxes of the hub together may copy for peers that do not keep up; a peer that would need more is treated as
    /// if its own outbox were full. An eighth is for the first 16 KiB of each, so that those who take nothing leave room for who is behind
    /// by a moment. Default 128 MiB.
    /// </summary>
    public long MaxTotalBytes { get; set; } = 128L * 1024 * 1024;

    /// <summary>What happens when the outbox is full; a room may have its own (<see cref="RoomOptions.SlowPeers"/>). Default
    /// disconnect.</summary>
    public SlowPeerPolicy SlowPeers { get; set; }
}
