namespace Kodama;

/// <summary>What the user asked of a hub. Checked when the hub is made, which reads it from then on: change nothing afterwards.</summary>
public class HubOptions
{
    /// <summary>What the hub tells of itself to anyone who asks, such as <c>name</c>. Can be changed while it runs: <see
    /// cref="Hub.UpdateDetails"/>.</summary>
    public IDictionary<string, string> Details { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether a sender gets its own messages too. Default false (broadcast).</summary>
    public bool Echo { get; set; }

    /// <summary>Most peers at once; one more is refused. Default 16,384.</summary>
    public int MaxPeers { get; set; } = 16 * 1024;

    /// <summary>Most rooms that one peer may be in. Default 64.</summary>
    public int MaxRoomsPerPeer { get; set; } = 64;

    /// <summary>Bounds of every peer's outbox.</summary>
    public OutboxOptions Outbox { get; set; } = new();

    /// <summary>What is kept of rooms.</summary>
    public LogOptions Log { get; set; } = new();

    /// <summary>Rooms with options of their own, by name.</summary>
    public IDictionary<string, RoomOptions> Rooms { get; } = new Dictionary<string, RoomOptions>(StringComparer.Ordinal);

    /// <summary>Throws an <see cref="ArgumentException"/> that names the value, what is wrong with it and what to do.</summary>
    public virtual void Validate()
    {
        AtLeast(1, MaxPeers, nameof(MaxPeers));
        AtLeast(1, MaxRoomsPerPeer, nameof(MaxRoomsPerPeer));
        if (Outbox is null) throw new ArgumentException("Outbox is null: leave it out for the default bounds.");
        AtLeast(1, Outbox.MaxBytes, "Outbox.MaxBytes");
        AtLeast(1, Outbox.MaxFrames, "Outbox.MaxFrames");
        AtLeast(1, Outbox.MaxTotalBytes, "Outbox.MaxTotalBytes");
        if (Log is null) throw new ArgumentException("Log is null: leave it out for the default bounds.");
        Log.Validate();
        foreach (var (name, options) in Rooms)
        {
            if (!RoomName.IsValid(name))
                throw new ArgumentException($"Rooms has \"{name}\", which cannot be a room's name: it takes {RoomName.Rule}.");
            if (options is null) throw new ArgumentException($"Rooms[\"{name}\"] is null: leave it out for the hub's options.");
        }
    }

    private static void AtLeast(int least, long value, string name)
    {
        if (value < least) throw new ArgumentException($"{name} is {value}; it must be at least {least}.");
    }
}
