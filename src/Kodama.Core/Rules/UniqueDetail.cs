using System.Collections.Concurrent;

namespace Kodama;

/// <summary>No two peers at once have the same value of a detail. Taking it is one step, so there is no moment in which two
/// could.</summary>
internal sealed class UniqueDetail(string detail, StringComparer comparer, bool required) : IPeerValidator
{
    private readonly ConcurrentDictionary<string, Peer> taken = new(comparer);

    public ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken)
    {
        if (ValueOf(peer) is not { Length: > 0 } value) return new(WithoutValue());
        return new(taken.TryAdd(value, peer) ? PeerVerdict.Accepted : Taken(value));
    }

    // Who only reads has no need of a name, and who says something under one that is taken must be known to be its owner.
    public ValueTask<PeerVerdict> ValidateRequestAsync(Peer client, RoomRights wanted, CancellationToken cancellationToken)
    {
        if (wanted.OnlyReads()) return new(PeerVerdict.Accepted);
        if (ValueOf(client) is not { Length: > 0 } value) return new(WithoutValue());
        return new(!taken.TryGetValue(value, out var owner) || IsSame(owner, client) ? PeerVerdict.Accepted : Taken(value));
    }

    public void Release(Peer peer)
    {
        if (ValueOf(peer) is { Length: > 0 } value) taken.TryRemove(new(value, peer));
    }

    private PeerVerdict WithoutValue() =>
        required ? PeerVerdict.Refuse($"The detail \"{detail}\" is missing: connect with one.") : PeerVerdict.Accepted;

    private PeerVerdict Taken(string value) => PeerVerdict.Refuse($"The {detail} {Quotation.Of(value)} is taken: choose another.");

    private static bool IsSame(Peer owner, Peer client) =>
        client.Principal?.Identity?.Name is { } name && owner.Principal?.Identity?.Name == name;

    private string? ValueOf(Peer peer) => peer.Details.GetValueOrDefault(detail)?.Trim();
}
