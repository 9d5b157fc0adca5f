using System.Net;

namespace Kodama.Discovery;

/// <summary>A record that was heard, and until when it holds. Times are of a clock that never goes back.</summary>
internal sealed class CachedRecord(int link, DnsRecord record, IPAddress source)
{
    // RFC 6762 section 5.2: asked again at 80, 85, 90 and 95% of the TTL, each up to 2% later, so that not all ask at once.
    private const double FirstRefresh = 0.80;
    private const double RefreshStep = 0.05;
    private const double RefreshJitter = 0.02;
    private const int Refreshes = 4;

    private double refreshed;
    private TimeSpan ttl;

    public int Link => link;

    /// <summary>Who was first to tell of it.</summary>
    public IPAddress Source => source;

    public DnsRecord Record { get; private set; } = record;

    public TimeSpan HeardAt { get; private set; }

    public TimeSpan ExpiresAt { get; private set; }

    /// <summary>When it is asked for again; <see cref="TimeSpan.MaxValue"/> when it no longer is.</summary>
    public TimeSpan RefreshAt { get; private set; }

    /// <summary>A goodbye was heard, or another record has taken its place.</summary>
    public bool IsLeaving { get; private set; }

    public void Hear(DnsRecord heard, TimeSpan lifetime, bool toOwnPort, TimeSpan now, Random random)
    {
        HeardAt = now;
        // An answer to a plain DNS question holds for 10 s only (section 6.7), and does not shorten what is known from a better one.
        if (toOwnPort && !IsLeaving && now + lifetime < ExpiresAt) return;
        IsLeaving = false;
        Record = heard;
        ttl = lifetime;
        ExpiresAt = now + lifetime;
        refreshed = 0;
        ScheduleRefresh(random);
    }

    public void LeaveAt(TimeSpan time)
    {
        IsLeaving = true;
        ExpiresAt = time < ExpiresAt ? time : ExpiresAt;
        RefreshAt = TimeSpan.MaxValue;
    }

    public void Refreshed(Random random)
    {
        refreshed++;
        ScheduleRefresh(random);
    }

    /// <summary>Whether more than half of its life remains: it is then told along with a question, so that nobody repeats it (section
    /// 7.1).</summary>
    public bool IsFresh(TimeSpan now) => !IsLeaving && (ExpiresAt - now) * 2 > ttl;

    public DnsRecord Remaining(TimeSpan now) => Record with { Ttl = (uint)Math.Max(0, (ExpiresAt - now).TotalSeconds), CacheFlush = false };

    private void ScheduleRefresh(Random random) =>
        RefreshAt = refreshed >= Refreshes
            ? TimeSpan.MaxValue
            : ExpiresAt - ttl + (ttl * (FirstRefresh + (refreshed * RefreshStep) + (random.NextDouble() * RefreshJitter)));
}
