using System.Runtime.CompilerServices;

namespace Kodama.Discovery;

/// <summary>One scan: browses and sweeps at once, looks after what was found if it watches, and tells the changes to one reader.</summary>
internal sealed class ScanRun : IAsyncDisposable
{
    private const int MaxChecks = 64;

    // With the grace before it, a goodbye is told within half a second.
    private static readonly TimeSpan GoodbyeCheck = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxWait = TimeSpan.FromHours(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    private readonly ScanSettings settings;
    private readonly bool watches;
    private readonly TimeProvider time;
    private readonly long started;
    private readonly Lock gate = new();
    private readonly HubTable table;
    private readonly OrderedEvents events;
    private readonly InterfaceWatch interfaces;
    private readonly HubProbe probe;
    private readonly HubCheck check;
    private readonly Browser? browser;
    private readonly Signal changed = new();
    private readonly Signal due = new();
    private readonly Signal sweepAnew = new();
    private readonly ITimer dueTimer;
    private readonly SemaphoreSlim checks = new(MaxChecks);
    private readonly CancellationTokenSource stopping = new();

    public ScanRun(ScanSettings settings, ScanEnvironment environment, bool watches)
    {
        (this.settings, this.watches) = (settings, watches);
        time = environment.Time;
        started = time.GetTimestamp();
        table = new HubTable(settings);
        events = new OrderedEvents(settings.Failed);
        interfaces = new InterfaceWatch(environment.Interfaces, events.Fail, time);
        probe = new HubProbe(time);
        check = new HubCheck(probe);
        dueTimer = time.CreateTimer(_ => due.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (!settings.Browses) return;
        browser = new Browser(
            settings.Service, environment.Links(0), environment.Links(MulticastGroup.Port), Heard, events.Fail, time, environment.Random);
    }

    private TimeSpan Now => time.GetElapsedTime(started);

    /// <summary>All changes until the scan ends, or for ever if it watches.</summary>
    public async IAsyncEnumerable<HubChange> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            static s => ((CancellationTokenSource)s!).Cancel(), stopping).ConfigureAwait(false);
        // On the pool: neither a caller's thread nor its context has anything to do with it.
        var running = Task.Run(RunAsync, CancellationToken.None);
        _ = running.ContinueWith(
            static (_, s) => ((Signal)s!).Set(), changed, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        try
        {
            while (true)
            {
                var ended = running.IsCompleted;
                while (TryTake(out var change)) yield return change!;
                cancellationToken.ThrowIfCancellationRequested();
                if (ended) break;
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await running.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync().ConfigureAwait(false);
        await dueTimer.DisposeAsync().ConfigureAwait(false);
        stopping.Dispose();
        checks.Dispose();
    }

    private async Task RunAsync()
    {
        LookAtInterfaces();
        var running = new List<Task>();
        try
        {
            if (settings.Sweeps) running.Add(SweepAsync(stopping.Token));
            browser?.Start();
            if (watches) running.AddRange([LookAfterAsync(stopping.Token), FollowInterfacesAsync(stopping.Token)]);
            else if (settings.Browses) running.Add(Task.Delay(settings.Timeout, time, stopping.Token));
            // Whichever fails ends the others.
            await foreach (var ended in Task.WhenEach(running)) await ended;
        }
        finally
        {
            await stopping.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        var sweeper = new Sweeper(
            (target, cancellation) => probe.AskAsync(target, settings.HostTimeout, expectTls: false, cancellation),
            settings.MaxConnections, time);
        var pace = new SweepPace(settings.WatchInterval);
        TimeSpan? before = null;
        while (true)
        {
            var begun = Now;
            await sweeper.SweepAsync(await TargetsAsync(before is null, cancellationToken), Answered, cancellationToken);
            if (watches) await WaitForSweepAsync(begun, before, pace, cancellationToken);
            // Packets get lost; where there is time to wait for mDNS there is time to try again.
            else if (!settings.Browses || Now + settings.HostTimeout > settings.Timeout) return;
            before = begun;
        }
    }

    private async Task WaitForSweepAsync(TimeSpan begun, TimeSpan? before, SweepPace pace, CancellationToken cancellationToken)
    {
        // Packets get lost: twice not heard of is gone.
        lock (gate) table.Swept(before ?? TimeSpan.Zero);
        changed.Set();
        // However often there is reason to.
        await Task.Delay(Max(begun + settings.WatchInterval - Now, TimeSpan.Zero), time, cancellationToken);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var anew = sweepAnew.WaitAsync(waiting.Token);
        await Task.WhenAny(anew, Task.Delay(Max(begun + pace.Next() - Now, TimeSpan.Zero), time, waiting.Token));
        cancellationToken.ThrowIfCancellationRequested();
        if (anew.IsCompletedSuccessfully) pace.BeginAnew();
        await waiting.CancelAsync();
    }

    private async Task FollowInterfacesAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(BetweenLooks, time, cancellationToken);
            if (interfaces.HasChanged(BetweenLooks)) sweepAnew.Set();
            lock (gate) table.Interfaces = interfaces.Last;
        }
    }

    private IReadOnlyList<LocalInterface> LookAtInterfaces()
    {
        var current = interfaces.Look();
        lock (gate) table.Interfaces = current;
        return current;
    }

    private async Task<IReadOnlyList<SweepTarget>> TargetsAsync(bool isFirst, CancellationToken cancellationToken)
    {
        if (settings.Subnets.Count == 0) return SweepTargets.Own(LookAtInterfaces(), settings.Ports, settings.MaxAddresses);
        try
        {
            return await SweepTargets.NamedAsync(settings.Subnets, settings.Ports, cancellationToken);
        }
        catch (IOException) when (!isFirst)
        {
            // The name server may be back at the next time.
            return [];
        }
    }

    private async Task LookAfterAsync(CancellationToken cancellationToken)
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                IReadOnlyList<(HubEntry Entry, IReadOnlyList<SweepTarget> Targets, bool IsLeaving)> entries;
                lock (gate)
                {
                    entries = [.. table.TakeDue(Now).Select(e => (e, e.CheckTargets(table.Interfaces), e.IsLeaving))];
                    var wait = table.NextDue() - Now;
                    dueTimer.Change(wait < MaxWait ? Max(wait, TimeSpan.Zero) : MaxWait, Timeout.InfiniteTimeSpan);
                }
                // What the network does is no exception; anything else ends the scan, which says so.
                foreach (var ended in running.Where(t => t.IsCompleted)) await ended;
                running.RemoveAll(t => t.IsCompleted);
                running.AddRange(entries.Select(e => CheckAsync(e.Entry, e.Targets, e.IsLeaving, cancellationToken)));
                await due.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CheckAsync(HubEntry entry, IReadOnlyList<SweepTarget> targets, bool isLeaving, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            IReadOnlyList<HubAnswer> answers = [];
            // Without a sweep nobody would find again what has said goodbye, so it is believed.
            if (!isLeaving || (settings.Sweeps && entry.IsAnswered))
                answers = await AskAsync(entry.Key, targets, isLeaving ? GoodbyeCheck : settings.HostTimeout, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            Checked(entry, answers);
        }
        finally
        {
            due.Set();
        }
    }

    private async Task<IReadOnlyList<HubAnswer>> AskAsync(
        HubKey hub, IReadOnlyList<SweepTarget> targets, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await checks.WaitAsync(cancellationToken);
        try
        {
            return await check.AskAsync(hub, targets, timeout, cancellationToken);
        }
        finally
        {
            checks.Release();
        }
    }

    private void Checked(HubEntry entry, IReadOnlyList<HubAnswer> answers)
    {
        DnsName[] instances;
        lock (gate) instances = [.. entry.Instances];
        var sinceHeard = instances.Select(i => browser?.SinceHeard(i)).Min();
        bool wasAnswered, isLost, isDoubtful;
        lock (gate)
        {
            wasAnswered = entry.IsAnswered;
            table.Checked(entry, answers, sinceHeard, Now);
            isLost = !table.Has(entry);
            isDoubtful = entry.FailedAt is not null;
        }
        foreach (var instance in instances)
        {
            // Where others answer there is nobody to wait for; the instance says no more until it says something else.
            if (isLost && answers.Count == 0) browser?.Forget(instance);
            else if (isDoubtful) browser?.Verify(instance);
        }
        if (isLost && wasAnswered) sweepAnew.Set();
        changed.Set();
    }

    private void Heard(InstanceChange change)
    {
        lock (gate) table.Heard(change, Now);
        changed.Set();
        due.Set();
    }

    private void Answered(HubAnswer answer)
    {
        lock (gate) table.Answered(answer, Now);
        changed.Set();
        due.Set();
    }

    private bool TryTake(out HubChange? change)
    {
        lock (gate) return table.TryTake(out change);
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
