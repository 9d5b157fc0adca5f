namespace Kodama.Pusher;

/// <summary>What the user asked of the Pusher door (docs/specs/pusher.md). Read once at start.</summary>
public sealed class PusherOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Kodama:Pusher";

    /// <summary>Who may come in. Without one nobody can.</summary>
    public IList<PusherApp> Apps { get; } = [];

    /// <summary>After how long a silence clients look whether the hub is there: 1 s to an hour, in whole seconds. Default 120 s.</summary>
    public TimeSpan ActivityTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>Most bytes of an event's data, from clients and by the HTTP API. Default 10 KiB, as Pusher has it; the hub's own bound of
    /// a message (<c>MaxMessageSize</c>) holds beside it.</summary>
    public int MaxDataSize { get; set; } = 10 * 1024;

    /// <summary>Most client events a second of one connection. Default 10.</summary>
    public int MaxClientEvents { get; set; } = 10;

    /// <summary>Most subscriptions a second of one connection that has subscribed as often as it may be in channels at once
    /// (<c>MaxRoomsPerPeer</c>): further ones wait. Default 10.</summary>
    public int MaxSubscriptions { get; set; } = 10;

    /// <summary>Most users of a presence channel. Default 100.</summary>
    public int MaxPresenceMembers { get; set; } = 100;

    /// <summary>The folder in which webhooks wait that nobody has taken yet, so that they outlive the process. Null: in memory.</summary>
    public string? DataFolder { get; set; }

    /// <summary>
    /// What peers of other doors may do in rooms that begin with <c>private-</c> or <c>presence-</c>, without the room's token. Default:
    /// nothing.
    /// </summary>
    public Func<Peer, string, RoomRights>? OtherDoors { get; set; }

    /// <summary>Throws an <see cref="ArgumentException"/> that names the value, what is wrong with it and what to do.</summary>
    public void Validate()
    {
        if (ActivityTimeout < TimeSpan.FromSeconds(1) || ActivityTimeout > TimeSpan.FromHours(1))
            throw new ArgumentException($"Pusher's ActivityTimeout is {ActivityTimeout}; it must be from one second to an hour.");
        AtLeastOne(MaxDataSize, nameof(MaxDataSize));
        AtLeastOne(MaxClientEvents, nameof(MaxClientEvents));
        AtLeastOne(MaxSubscriptions, nameof(MaxSubscriptions));
        AtLeastOne(MaxPresenceMembers, nameof(MaxPresenceMembers));
        foreach (var app in Apps) app.Validate();
        Unique(Apps.Select(static app => app.Id), "id");
        Unique(Apps.Select(static app => app.Key), "key");
    }

    private static void AtLeastOne(int value, string name)
    {
        if (value < 1) throw new ArgumentException($"Pusher's {name} is {value}; it must be at least 1.");
    }

    private static void Unique(IEnumerable<string> values, string what)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            if (!seen.Add(value)) throw new ArgumentException($"Two Pusher apps have the {what} {value}: give each its own.");
        }
    }
}
