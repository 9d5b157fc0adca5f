namespace Kodama.Discovery;

/// <summary>
/// When a link is asked for the service: from the own port at once and after 250 ms; from 5353 at once and after 1, 3, 9 s and so on, up to
/// once an hour (RFC 6762 section 5.2).
/// </summary>
internal struct QuestionSchedule(TimeSpan start)
{
    private const int Factor = 3;

    private static readonly TimeSpan OwnRepeat = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastInterval = TimeSpan.FromHours(1);

    private TimeSpan interval;
    private bool askedByOwn;
    private TimeSpan ownAt = start;
    private TimeSpan multicastAt = start;

    public TimeSpan StartedAt { get; } = start;

    /// <summary>When the service was last asked for.</summary>
    public TimeSpan AskedAt { get; private set; }

    public readonly TimeSpan NextDue => ownAt < multicastAt ? ownAt : multicastAt;

    /// <summary>By which ports to ask now.</summary>
    public QuestionPort Take(TimeSpan now)
    {
        var ports = QuestionPort.None;
        if (ownAt <= now)
        {
            ports |= QuestionPort.Own;
            ownAt = askedByOwn ? TimeSpan.MaxValue : now + OwnRepeat;
            askedByOwn = true;
        }
        if (multicastAt <= now)
        {
            ports |= QuestionPort.Multicast;
            var last = interval;
            interval = interval == TimeSpan.Zero ? FirstInterval : interval * Factor;
            if (interval > LastInterval) interval = LastInterval;
            // 1, 3, 9 are counted from the start, so each wait is the difference; at the end it is an hour from one to the next.
            multicastAt = now + (interval < LastInterval ? interval - last : interval);
        }
        if (ports != QuestionPort.None) AskedAt = now;
        return ports;
    }
}
