using System.Security.Cryptography;
using System.Text;

namespace Kodama;

/// <summary>Rooms in which the token of a join says what a peer may do. All are compared, and none tells by its time.</summary>
internal sealed class RoomTokens : IRoomRule
{
    private readonly RoomPattern rooms;
    private readonly RoomRights without;
    private readonly (byte[] Hash, RoomRights Rights)[] known;

    public RoomTokens(string rooms, IReadOnlyDictionary<string, RoomRights> tokens, RoomRights without)
    {
        this.rooms = new RoomPattern(rooms);
        this.without = without;
        if (tokens.Count == 0 || tokens.ContainsKey(""))
            throw new ArgumentException($"Name at least one token for \"{rooms}\", and no empty one.", nameof(tokens));
        known = [.. tokens.Select(token => (Hash(token.Key), token.Value))];
    }

    public ValueTask<RoomVerdict> GrantAsync(Peer peer, string room, string? token, CancellationToken cancellationToken)
    {
        if (!rooms.Matches(room)) return new(RoomRights.All);
        if (token is null) return new(without);
        var given = Hash(token);
        var rights = without;
        foreach (var (hash, granted) in known) rights |= CryptographicOperations.FixedTimeEquals(given, hash) ? granted : RoomRights.None;
        return new(rights);
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
