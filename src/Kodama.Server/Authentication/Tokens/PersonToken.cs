namespace Kodama.Server;

/// <summary>What a token says of whoever has it (docs/specs/tokens.md).</summary>
/// <param name="Id">By which it is revoked.</param>
/// <param name="Name">Who has it: the peer's name.</param>
/// <param name="Rooms">Patterns of the rooms in which it counts; empty for all.</param>
/// <param name="Can">What it lets do there.</param>
/// <param name="Expires">From when on it is none.</param>
public sealed record PersonToken(string Id, string Name, IReadOnlyList<string> Rooms, TokenRights Can, DateTimeOffset Expires)
{
    internal const int LongestId = 64;
    internal const int LongestName = 64;
    internal const int MostRooms = 32;

    internal DateTimeOffset NotBefore { get; init; } = DateTimeOffset.MinValue;

    internal static bool IsId(string id) =>
        id.Length is > 0 and <= LongestId && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>What a token's claims lack; null for nothing.</summary>
    internal string? FindFault() =>
        !IsId(Id) ? "jti must be 1 to 64 letters, digits, -, _ or ."
        : Name.Length is 0 or > LongestName || Name.Any(char.IsControl) ? "name must have 1 to 64 characters, and no control characters"
        : Rooms.Count > MostRooms || !Rooms.All(RoomName.IsValid) ? "rooms must be 1 to 32 patterns of up to 255 bytes"
        : Can == TokenRights.Admin && Rooms.Count > 0 ? "admin is for the whole hub, and has no rooms"
        : null;

    /// <summary>Whether it counts in the room of this name.</summary>
    internal bool IsFor(string room) => Rooms.Count == 0 || Rooms.Any(pattern => new RoomPattern(pattern).Matches(room));
}
