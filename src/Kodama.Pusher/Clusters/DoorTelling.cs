namespace Kodama.Pusher;

/// <summary>What the doors of several hubs tell and ask each other (48 to 63 of <see cref="ICluster"/>).</summary>
internal enum DoorTelling : byte
{
    /// <summary>Which channels there are, and how many are in them.</summary>
    Channels = 48,

    /// <summary>A user's connections are to end.</summary>
    Terminate = 49,

    /// <summary>Something for a user's connections.</summary>
    ToUser = 50,

    /// <summary>In a room there are more or fewer than before.</summary>
    Counted = 51,

    /// <summary>As which author a connection speaks.</summary>
    Author = 52,
}
