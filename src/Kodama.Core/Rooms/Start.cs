namespace Kodama;

/// <summary>With what a join begins.</summary>
public readonly struct Start
{
    /// <summary>With what happens from now on.</summary>
    public static Start Live => default;

    /// <summary>What came after it first.</summary>
    public Position? Position { get; private init; }

    /// <summary>So many messages of before first.</summary>
    public int? Messages { get; private init; }

    /// <summary>Messages of this time and later first.</summary>
    public DateTimeOffset? Time { get; private init; }

    /// <summary>Whether nothing of before is asked for.</summary>
    public bool IsLive => Position is null && Messages is null or 0 && Time is null;

    /// <summary>With what came after a position.</summary>
    public static Start After(Position position) => new() { Position = position };

    /// <summary>With the last so many messages.</summary>
    public static Start Last(int messages)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(messages);
        return new() { Messages = messages };
    }

    /// <summary>With the messages since a time.</summary>
    public static Start Since(DateTimeOffset time) => new() { Time = time };
}
