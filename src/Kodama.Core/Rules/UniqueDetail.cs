using System.Collections.Concurrent;

namespace Kodama;

/// <summary>No two peers at once have the same value of a detail. Taking it is one step, so there is no moment in which two could.</summary>
internal sealed class UniqueDetail(string detail, StringComparer comparer, bool required) : IPeerValidator
{
    private readonly ConcurrentDictionary<string, Peer> taken = new(comparer);

    public ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken)
    {
        if (ValueOf(peer) is not { Length: > 0 } value)
            return new(required ? PeerVerdict.Refuse($"The detail \"{detail}\" is missing: connect with one.") : PeerVerdict.Accepted);
        return new(taken.TryAdd(value, peer) ? PeerVerdict.Accepted : PeerVerdict.Refuse($"The {detail} {Quotation.Of(value)} is taken: choose another."));
    }

    public void Release(Peer peer)
    {
        if (ValueOf(peer) is { Length: > 0 } value) taken.TryRemove(new(value, peer));
    }

    private string? ValueOf(Peer peer) => peer.Details.GetValueOrDefault(detail)?.Trim();
}
