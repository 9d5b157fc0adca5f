namespace Kodama;

public sealed partial class HubRules
{
    /// <summary>Nobody may be in a room whose name matches none of these patterns; <c>*</c> stands for any characters or none.</summary>
    public HubRules OnlyRooms(params IEnumerable<string> patterns)
    {
        RoomPattern[] rooms = [.. patterns.Select(static pattern => new RoomPattern(pattern))];
        if (rooms.Length == 0) throw new ArgumentException("Name at least one pattern: else no room could be joined.", nameof(patterns));
        return Grant((_, room) => Array.Exists(rooms, pattern => pattern.Matches(room)) ? RoomRights.All : RoomRights.None);
    }

    /// <summary>In rooms whose name matches the pattern nobody may do more than this; <c>*</c> stands for any characters or none.</summary>
    public HubRules Room(string pattern, RoomRights rights) => Room(pattern, _ => rights);

    /// <summary>In rooms whose name matches the pattern a peer may do what this says; <c>*</c> stands for any characters or none.</summary>
    public HubRules Room(string pattern, Func<Peer, RoomRights> rights)
    {
        var rooms = new RoomPattern(pattern);
        return Grant((peer, room) => rooms.Matches(room) ? rights(peer) : RoomRights.All);
    }

    /// <summary>In rooms whose name matches the pattern who joins with this token may do everything, others less.</summary>
    /// <param name="pattern">The rooms; <c>*</c> stands for any characters or none.</param>
    /// <param name="token">The token. The comparison takes the same time whatever the guess.</param>
    /// <param name="without">For those without it, such as <see cref="RoomRights.Read"/>. Default: nothing.</param>
    public HubRules RoomToken(string pattern, string token, RoomRights without = RoomRights.None) =>
        RoomTokens(pattern, new Dictionary<string, RoomRights>(StringComparer.Ordinal) { [token] = RoomRights.All }, without);

    /// <summary>In rooms whose name matches the pattern a peer may do what the token grants with which it joins.</summary>
    /// <param name="pattern">The rooms; <c>*</c> stands for any characters or none.</param>
    /// <param name="tokens">What each of them grants. The comparison takes the same time whatever the guess.</param>
    /// <param name="without">What those may do who have none of them. Default: nothing.</param>
    public HubRules RoomTokens(string pattern, IReadOnlyDictionary<string, RoomRights> tokens, RoomRights without = RoomRights.None) =>
        Add(new RoomTokens(pattern, tokens, without));
}
