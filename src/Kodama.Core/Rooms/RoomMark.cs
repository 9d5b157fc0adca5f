namespace Kodama;

/// <summary>How far a peer that catches up in a room has come.</summary>
/// <param name="Room">Which room.</param>
/// <param name="Position">Up to here it has everything that it was to get.</param>
/// <param name="Gap">Null; or the offset behind which entries are gone: what follows begins behind <paramref name="Position"/>.</param>
/// <param name="IsLive">Whether it gets from now on what happens.</param>
/// <param name="Keys">Members and state, where changes that it has missed are gone, to replace what it knows; else null.</param>
/// <param name="KeysAt">The offset of that list: changes up to it do not come.</param>
/// <param name="IsMoved">Whether the epoch is another than the peer knows.</param>
public readonly record struct RoomMark(
    Room Room, Position Position, long? Gap = null, bool IsLive = false, IReadOnlyList<Entry>? Keys = null, long KeysAt = 0,
    bool IsMoved = false);
