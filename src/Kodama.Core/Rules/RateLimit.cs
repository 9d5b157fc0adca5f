using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.RateLimiting;

namespace Kodama;

/// <summary>A token bucket for each peer, which goes with the peer, and for each address that publishes over HTTP.</summary>
/// <remarks>
/// The buckets replenish by the library's own clock (<see cref="System.Diagnostics.Stopwatch"/>): it takes no <see cref="TimeProvider"/>.
/// They have no timer; each is replenished when it is asked. A message that passes allocates nothing, one that is dropped the library's
/// lease.
/// </remarks>
internal sealed class RateLimit : IPromptFilter
{
    /// <summary>The door whose peers live for one request.</summary>
    private const string HttpDoor = "http";

    /// <summary>Most addresses with a bucket of their own. While none of those is full again, further addresses share one.</summary>
    internal const int MaxAddresses = 1024;

    private readonly TokenBucketRateLimiterOptions options;
    private readonly string refusal;
    private readonly ConditionalWeakTable<Peer, TokenBucketRateLimiter> peers = [];
    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, TokenBucketRateLimiter> addresses = [];

    public RateLimit(int messages, TimeSpan per, int burst)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(messages);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(burst);
        ArgumentOutOfRangeException.ThrowIfLessThan(per.Ticks, messages, nameof(per));
        options = new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = per / messages,
            AutoReplenishment = false,
            QueueLimit = 0,
        };
        refusal = $"Too many messages: at most {messages} per {per.TotalSeconds:0.###} s are allowed.";
    }

    /// <summary>Addresses that have a bucket now.</summary>
    internal int AddressCount
    {
        get
        {
            lock (gate) return addresses.Count;
        }
    }

    public ValueTask<FilterResult> FilterAsync(Message message, CancellationToken cancellationToken)
    {
        // The hub's own messages pass no filter; a message without a sender is a test's or a program's, and nobody's to limit.
        if (message.Sender is not { } sender) return new(FilterResult.Pass);
        var bucket = sender.Door == HttpDoor ? BucketOf(RemoteAddressKey.Of(sender) ?? IPAddress.None) : BucketOf(sender);
        bucket.TryReplenish();
        using var lease = bucket.AttemptAcquire();
        return new(lease.IsAcquired ? FilterResult.Pass : FilterResult.Drop(refusal));
    }

    private TokenBucketRateLimiter BucketOf(Peer peer) =>
        peers.TryGetValue(peer, out var bucket)
            ? bucket
            : peers.GetOrAdd(peer, static (_, options) => new TokenBucketRateLimiter(options), options);

    private TokenBucketRateLimiter BucketOf(IPAddress address)
    {
        lock (gate)
        {
            if (addresses.TryGetValue(address, out var bucket)) return bucket;
            if (addresses.Count >= MaxAddresses) RemoveFull_NeedsLock();
            if (addresses.Count >= MaxAddresses) address = IPAddress.None;
            return addresses.TryGetValue(address, out bucket) ? bucket : addresses[address] = new TokenBucketRateLimiter(options);
        }
    }

    // A bucket that is full again says nothing that a new one would not.
    private void RemoveFull_NeedsLock()
    {
        foreach (var (address, bucket) in addresses)
        {
            bucket.TryReplenish();
            if (bucket.IdleDuration is not null) addresses.Remove(address);
        }
    }
}
