namespace Kodama;

/// <summary>At most so many peers at once have one key in common.</summary>
internal sealed class Capacity : IPeerValidator
{
    private readonly int max;
    private readonly Func<Peer, string?> keyOf;
    private readonly Func<string, string> refusal;
    private readonly string what;
    private readonly bool ignoresCase;
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> seats;

    /// <param name="what">Names it among the rules of a hub, alike at all hubs.</param>
    /// <param name="max">How many.</param>
    /// <param name="keyOf">What they have in common; null for who does not count.</param>
    /// <param name="refusal">What one more is told.</param>
    /// <param name="comparer">When keys are the same.</param>
    public Capacity(string what, int max, Func<Peer, string?> keyOf, Func<string, string> refusal, StringComparer? comparer = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        this.max = max;
        this.keyOf = keyOf;
        this.refusal = refusal;
        this.what = what;
        ignoresCase = comparer?.Equals("a", "A") == true;
        seats = new(comparer ?? StringComparer.Ordinal);
    }

    public ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken)
    {
        if (keyOf(peer) is not { } key) return new(PeerVerdict.Accepted);
        if (!TryTake(key)) return new(PeerVerdict.Refuse(refusal(key)));
        return peer.Hub.Cluster is { } cluster ? ReserveAsync(cluster, peer, key) : new(PeerVerdict.Accepted);
    }

    // It takes no seat.
    public ValueTask<PeerVerdict> ValidateRequestAsync(Peer client, RoomRights wanted, CancellationToken cancellationToken) =>
        new(PeerVerdict.Accepted);

    public void Release(Peer peer)
    {
        if (keyOf(peer) is not { } key) return;
        GiveBack(key);
        peer.Hub.Cluster?.Release(PlaceOf(key), ClusterPlaces.HolderOf(peer));
    }

    private async ValueTask<PeerVerdict> ReserveAsync(ICluster cluster, Peer peer, string key)
    {
        var verdict = await cluster.ReserveAsync(PlaceOf(key), max, peer, PeerVerdict.Refuse(refusal(key)));
        if (!verdict.IsAccepted) GiveBack(key);
        return verdict;
    }

    private string PlaceOf(string key) => $"{what}\0{max}\0{(ignoresCase ? key.ToUpperInvariant() : key)}";

    private bool TryTake(string key)
    {
        lock (gate)
        {
            var taken = seats.GetValueOrDefault(key);
            if (taken >= max) return false;
            seats[key] = taken + 1;
            return true;
        }
    }

    private void GiveBack(string key)
    {
        lock (gate)
        {
            if (seats[key] == 1) seats.Remove(key);
            else seats[key]--;
        }
    }
}
