namespace Kodama.Client;

/// <summary>The hub has it.</summary>
/// <param name="Position">Where it stands in the room; null, where the room keeps nothing and nobody was there, or nothing had to be
/// changed.</param>
/// <param name="IsDuplicate">Whether an earlier attempt had arrived: it is there once, at the position of that.</param>
public sealed record Publication(RoomPosition? Position, bool IsDuplicate);
