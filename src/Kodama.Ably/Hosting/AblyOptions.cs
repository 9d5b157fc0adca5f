namespace Kodama.Ably;

/// <summary>What the user asked of the Ably door (docs/specs/ably.md). Read once at start.</summary>
public sealed class AblyOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Kodama:Ably";

    /// <summary>By what clients come in. Without one nobody can.</summary>
    public IList<AblyKey> Keys { get; } = [];

    /// <summary>Most bytes of what is published in one frame or request. Default 64 KiB, as Ably has it; the hub's own bound of a message
    /// (<c>MaxMessageSize</c>) holds beside it.</summary>
    public int MaxMessageSize { get; set; } = 64 * 1024;

    /// <summary>Most channels that one connection is attached to. Default 200; the hub's <c>MaxRoomsPerPeer</c> holds beside it.</summary>
    public int MaxChannels { get; set; } = 200;

    /// <summary>Most members of one connection in a channel. Default 250.</summary>
    public int MaxMembers { get; set; } = 250;

    /// <summary>After how long a silence clients take a connection for dead, and come again: 5 s to an hour. Default 15 s.</summary>
    public TimeSpan MaxIdle { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether anyone may make apps, for the test suites of SDKs (<c>POST /apps</c>). Default false.</summary>
    public bool Sandbox { get; set; }

    /// <summary>Adds a key: <c>APP.KEY:SECRET</c>, or with a capability behind it.</summary>
    /// <exception cref="FormatException">It has not this form.</exception>
    public AblyOptions AddKey(string key)
    {
        Keys.Add(AblyKey.Parse(key));
        return this;
    }

    /// <summary>Throws an <see cref="ArgumentException"/> that names the value, what is wrong with it and what to do.</summary>
    public void Validate()
    {
        AtLeastOne(MaxMessageSize, nameof(MaxMessageSize));
        AtLeastOne(MaxChannels, nameof(MaxChannels));
        AtLeastOne(MaxMembers, nameof(MaxMembers));
        if (MaxIdle < TimeSpan.FromSeconds(5) || MaxIdle > TimeSpan.FromHours(1))
            throw new ArgumentException($"Ably's MaxIdle is {MaxIdle}; it must be from five seconds to an hour.");
        foreach (var key in Keys) key.Validate();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in Keys)
        {
            if (!seen.Add(key.Name)) throw new ArgumentException($"Two keys of Ably's have the name {key.Name}: give each its own.");
        }
    }

    private static void AtLeastOne(int value, string name)
    {
        if (value < 1) throw new ArgumentException($"Ably's {name} is {value}; it must be at least 1.");
    }
}
