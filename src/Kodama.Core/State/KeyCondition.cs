namespace Kodama;

/// <summary>What must be so of a key of the state, for a change of it to happen. Default: anything.</summary>
public readonly record struct KeyCondition
{
    /// <summary>It is not set.</summary>
    public static KeyCondition Absent => new() { IsSet = false };

    /// <summary>It is set.</summary>
    public static KeyCondition Present => new() { IsSet = true };

    private bool? IsSet { get; init; }

    private Position? Position { get; init; }

    /// <summary>Its last change is the entry at this position.</summary>
    public static KeyCondition At(Position position) => new() { Position = position };

    internal bool IsNone => IsSet is null && Position is null;

    internal bool Holds(Entry? last, string epoch) =>
        (IsSet is not { } isSet || isSet == last is not null) && (
            Position is not { } position || (last?.Offset == position.Offset && position.Epoch == epoch));
}
