namespace Kodama;

/// <summary>What holds for one room: its own options where it has them, else the hub's.</summary>
/// <param name="Messages">Most messages kept.</param>
/// <param name="Bytes">Most bytes of them, where they are more than one.</param>
/// <param name="Age">How long.</param>
/// <param name="KeepEmpty">How long the room lives on when it is empty.</param>
public readonly record struct Retention(int Messages, int Bytes, TimeSpan Age, TimeSpan KeepEmpty)
{
    /// <summary>A larger message is not kept: one array holds so much with room to grow.</summary>
    public const int MostBytes = 256 * 1024 * 1024;

    /// <summary>How many removals of keys are remembered, at most.</summary>
    public const int MostRemovals = KeyTable.MostRemovals;

    /// <summary>How many ids of a room are remembered, at most.</summary>
    public const int MostIds = IdWindow.Most;

    /// <summary>How long an id is remembered.</summary>
    public static TimeSpan IdAge => IdWindow.Lifetime;

    internal static Retention Of(RoomLogOptions? room, LogOptions hub) =>
        new(room?.Messages ?? hub.Messages, room?.Bytes ?? hub.Bytes, room?.Age ?? hub.Age, room?.KeepEmpty ?? hub.KeepEmpty);
}
