namespace Kodama;

/// <summary>What holds for one room: its own options where it has them, else the hub's.</summary>
/// <param name="Messages">Most messages kept.</param>
/// <param name="Bytes">Most bytes of them.</param>
/// <param name="Age">How long.</param>
/// <param name="KeepEmpty">How long the room lives on when it is empty.</param>
public readonly record struct Retention(int Messages, int Bytes, TimeSpan Age, TimeSpan KeepEmpty)
{
    internal static readonly Retention None;

    internal static Retention Of(RoomLogOptions? room, LogOptions hub) =>
        new(room?.Messages ?? hub.Messages, room?.Bytes ?? hub.Bytes, room?.Age ?? hub.Age, room?.KeepEmpty ?? hub.KeepEmpty);
}
