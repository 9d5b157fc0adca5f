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
        if (!taken.TryAdd(value, peer)) return new(Taken(value));
        return peer.Hub.Cluster is { } cluster ? ReserveAsync(cluster, peer, value) : new(PeerVerdict.Accepted);
    }

    // Who only reads has no need of a name, and who says something under one that is taken must be known to be its owner.
    public ValueTask<PeerVerdict> ValidateRequestAsync(Peer client, RoomRights wanted, CancellationToken cancellationToken)
    {
        if (wanted.OnlyReads()) return new(PeerVerdict.Accepted);
        if (ValueOf(client) is not { Length: > 0 } value) return new(WithoutValue());
        if (taken.TryGetValue(value, out var owner)) return new(IsSame(owner, client) ? PeerVerdict.Accepted : Taken(value));
        return client.Hub.Cluster is { } cluster ? LookAsync(cluster, client, value) : new(PeerVerdict.Accepted);
    }

    public void Release(Peer peer)
    {
        if (ValueOf(peer) is { Length: > 0 } value && taken.TryRemove(new(value, peer)))
            peer.Hub.Cluster?.Release(PlaceOf(value), ClusterPlaces.HolderOf(peer));
    }

    private async ValueTask<PeerVerdict> ReserveAsync(ICluster cluster, Peer peer, string value)
    {
        var refusal = Taken(value);
        var verdict = await cluster.ReserveAsync(PlaceOf(value), most: 1, peer, refusal);
        if (!verdict.IsAccepted) taken.TryRemove(new(value, peer));
        return verdict;
    }

    // It takes the name, and gives it back.
    private async ValueTask<PeerVerdict> LookAsync(ICluster cluster, Peer client, string value)
    {
        var verdict = await cluster.ReserveAsync(PlaceOf(value), most: 1, client, Taken(value));
        if (verdict.IsAccepted) cluster.Release(PlaceOf(value), ClusterPlaces.HolderOf(client));
        return verdict;
    }

    // Alike at all hubs, if values are.
    private string PlaceOf(string value) => $"unique\0{detail}\0{(comparer.Equals("a", "A") ? value.ToUpperInvariant() : value)}";

    private PeerVerdict WithoutValue() =>
        required ? PeerVerdict.Refuse($"The detail \"{detail}\" is missing: connect with one.") : PeerVerdict.Accepted;

    private PeerVerdict Taken(string value) => PeerVerdict.Refuse($"The {detail} {Quotation.Of(value)} is taken: choose another.");

    private static bool IsSame(Peer owner, Peer client) =>
        client.Principal?.Identity?.Name is { } name && owner.Principal?.Identity?.Name == name;

    private string? ValueOf(Peer peer) => peer.Details.GetValueOrDefault(detail)?.Trim();
}
