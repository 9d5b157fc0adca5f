namespace Kodama;

/// <summary>At most so many peers at once have one key in common.</summary>
internal sealed class Capacity : IPeerValidator
{
    private readonly int max;
    private readonly Func<Peer, string?> keyOf;
    private readonly Func<string, string> refusal;
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> seats;

    public Capacity(int max, Func<Peer, string?> keyOf, Func<string, string> refusal, StringComparer? comparer = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        this.max = max;
        this.keyOf = keyOf;
        this.refusal = refusal;
        seats = new(comparer ?? StringComparer.Ordinal);
    }

    public ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken)
    {
        if (keyOf(peer) is not { } key) return new(PeerVerdict.Accepted);
        lock (gate)
        {
            var taken = seats.GetValueOrDefault(key);
            if (taken < max)
            {
                seats[key] = taken + 1;
                return new(PeerVerdict.Accepted);
            }
        }
        return new(PeerVerdict.Refuse(refusal(key)));
    }

    // It takes no seat.
    public ValueTask<PeerVerdict> ValidateRequestAsync(Peer client, RoomRights wanted, CancellationToken cancellationToken) =>
        new(PeerVerdict.Accepted);

    public void Release(Peer peer)
    {
        if (keyOf(peer) is not { } key) return;
        lock (gate)
        {
            if (seats[key] == 1) seats.Remove(key);
            else seats[key]--;
        }
    }
}
