namespace Kodama;

/// <summary>What is kept of one room; what is null is as in the hub (<see cref="LogOptions"/>).</summary>
public sealed class RoomLogOptions
{
    /// <summary>Most messages; 0 keeps none.</summary>
    public int? Messages { get; set; }

    /// <summary>Most bytes of them; the newest is kept even if it has more.</summary>
    public int? Bytes { get; set; }

    /// <summary>How long.</summary>
    public TimeSpan? Age { get; set; }

    /// <summary>How long the room lives on when it is empty.</summary>
    public TimeSpan? KeepEmpty { get; set; }

    /// <summary>Whether a durable engine keeps the room. Default true.</summary>
    public bool IsDurable { get; set; } = true;
}
