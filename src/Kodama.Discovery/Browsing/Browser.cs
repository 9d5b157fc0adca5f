using System.Net;

namespace Kodama.Discovery;

/// <summary>
/// Runs a <see cref="ServiceBrowser"/> over the links of this machine: from ports of its own, and from 5353 where that can be had.
/// Thread-safe.
/// </summary>
internal sealed class Browser : IAsyncDisposable
{
    // Timers take no more than 49 days.
    private static readonly TimeSpan MaxWait = TimeSpan.FromHours(1);

    // To look through a few hubs costs nothing; who claims to be a thousand is not looked at for every packet.
    private const int FewInstances = 64;
    private const int FewRecords = 256;
    private static readonly TimeSpan ManyInterval = TimeSpan.FromMilliseconds(5);

    // Whatever others say that makes this browser ask, a link carries no more of it.
    private const int MaxPacketsPerSecond = 20;

    private readonly Lock gate = new();
    private readonly Dictionary<int, RateLimit> budgets = [];
    private readonly ServiceBrowser browser;
    private readonly BrowserLinks own;
    private readonly BrowserLinks shared;
    private readonly Action<InstanceChange> changed;
    private readonly Action<DiscoveryError> failed;
    private readonly TimeProvider time;
    private readonly long started;
    private readonly ITimer timer;
    private readonly ushort messageId;
    private bool isRunning;
    private TimeSpan pumpedAt;

    /// <param name="service">What to look for: <c>_kodama._tcp.local</c>.</param>
    /// <param name="own">Links with ports of their own; disposed with this.</param>
    /// <param name="shared">Links of port 5353; disposed with this.</param>
    /// <param name="changed">Told of every change, one after another, under this browser's lock: it must be quick and not call
    /// back.</param>
    /// <param name="failed">Told of what goes wrong with links.</param>
    /// <param name="time">Where the time comes from.</param>
    /// <param name="random">For the jitter of questions.</param>
    public Browser(
        DnsName service, IMulticastNetwork own, IMulticastNetwork shared, Action<InstanceChange> changed,
        Action<DiscoveryError> failed, TimeProvider time, Random random)
    {
        browser = new ServiceBrowser(service, random);
        (this.changed, this.failed) = (changed, failed);
        this.time = time;
        started = time.GetTimestamp();
        // Plain DNS repeats it in the answer; in multicast messages it is 0 (RFC 6762 section 18.1).
        messageId = (ushort)random.Next(1, ushort.MaxValue);
        timer = time.CreateTimer(_ => Pump(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        this.own = new BrowserLinks(this, own);
        this.shared = new BrowserLinks(this, shared);
    }

    private TimeSpan Now => time.GetElapsedTime(started);

    public void Start()
    {
        own.Start();
        shared.Start();
        lock (gate) isRunning = true;
        Pump();
    }

    /// <summary>See <see cref="ServiceBrowser.Verify"/>.</summary>
    public void Verify(DnsName instance)
    {
        lock (gate) browser.Verify(instance);
        Pump();
    }

    /// <summary>How long ago anything was heard of an instance; null if it is not known.</summary>
    public TimeSpan? SinceHeard(DnsName instance)
    {
        lock (gate) return Now - browser.HeardAt(instance);
    }

    /// <summary>See <see cref="ServiceBrowser.Forget"/>.</summary>
    public void Forget(DnsName instance)
    {
        lock (gate) browser.Forget(instance, Now);
        Pump();
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate) isRunning = false;
        await timer.DisposeAsync().ConfigureAwait(false);
        await own.DisposeAsync().ConfigureAwait(false);
        await shared.DisposeAsync().ConfigureAwait(false);
    }

    internal void LinkUp(int index)
    {
        lock (gate) browser.AddLink(index, Now);
        Pump();
    }

    internal void LinkDown(int index)
    {
        lock (gate)
        {
            if (!own.Has(index) && !shared.Has(index)) browser.RemoveLink(index);
        }
        Pump();
    }

    internal void Received(BrowserLinks by, LocalInterface local, IPAddress source, DnsMessage message)
    {
        // Nobody but who has heard the question knows its number.
        if (by == own && message.Id != messageId) return;
        var isOwnMachine = IPAddress.IsLoopback(source) || local.Addresses.Any(a => a.Address.Equals(source));
        lock (gate) browser.Receive(local.Index, message, new Origin(source, isOwnMachine, by == own), Now);
        Pump();
    }

    internal void Failed(DiscoveryError error) => failed(error);

    private void Pump()
    {
        IReadOnlyList<OutgoingQuestion> questions;
        lock (gate)
        {
            if (!isRunning) return;
            if ((browser.Instances > FewInstances || browser.Records > FewRecords) && Now - pumpedAt < ManyInterval)
            {
                timer.Change(ManyInterval, Timeout.InfiniteTimeSpan);
                return;
            }
            pumpedAt = Now;
            foreach (var change in browser.TakeChanges(Now)) changed(change);
            questions = browser.TakeQuestions(Now);
            Schedule_NeedsLock();
        }
        // Outside of the lock: what is sent may come back before it returns.
        foreach (var question in questions) Send(question);
    }

    private void Schedule_NeedsLock()
    {
        var wait = browser.NextDue - Now;
        timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait < MaxWait ? wait : MaxWait, Timeout.InfiniteTimeSpan);
    }

    // Where one of the ports is not to be had the other one asks for both.
    private void Send(OutgoingQuestion question)
    {
        var byOwn = question.Port == QuestionPort.Own ? own.Has(question.Link) : !shared.Has(question.Link);
        var message = byOwn ? question.Message with { Id = messageId } : question.Message;
        foreach (var packet in DnsPackets.Split(message))
        {
            // Questions are repeated, so one that is not sent is as one that gets lost.
            if (!TryPay(question.Link)) return;
            (byOwn ? own : shared).Send(question.Link, packet);
        }
    }

    private bool TryPay(int link)
    {
        lock (gate)
        {
            if (!budgets.TryGetValue(link, out var budget)) budgets.Add(link, budget = new RateLimit(MaxPacketsPerSecond));
            return budget.TryTake(Now);
        }
    }
}
