namespace Kodama;

/// <summary>What must be so of a key of the state, for a change of it to happen. Default: anything.</summary>
public readonly record struct KeyCondition
{
    /// <summary>It is not set.</summary>
    public static KeyCondition Absent => new() { IsSet = false };

    /// <summary>It is set.</summary>
    public static KeyCondition Present => new() { IsSet = true };

    /// <summary>Whether the key must be set, or must not be; null where either will do.</summary>
    public bool? IsSet { get; private init; }

    /// <summary>Where its last change must be; null for anywhere.</summary>
    public Position? Position { get; private init; }

    /// <summary>Its last change is the entry at this position.</summary>
    public static KeyCondition At(Position position) => new() { Position = position };

    internal bool IsNone => IsSet is null && Position is null;

    internal bool Holds(Entry? last, string epoch) =>
        (IsSet is not { } isSet || isSet == last is not null) && (
            Position is not { } position || (last?.Offset == position.Offset && position.Epoch == epoch));
}
