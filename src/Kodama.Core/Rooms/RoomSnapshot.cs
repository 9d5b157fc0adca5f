namespace Kodama;

/// <summary>A room as it was between two of its events.</summary>
/// <param name="Room">Which room.</param>
/// <param name="Offset">Of the last message before the snapshot.</param>
/// <param name="EventNumber">Of the last event before the snapshot.</param>
/// <param name="Peers">Who was in it.</param>
public sealed record RoomSnapshot(Room Room, long Offset, long EventNumber, IReadOnlyList<Peer> Peers);
