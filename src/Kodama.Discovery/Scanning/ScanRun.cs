using System.Runtime.CompilerServices;

namespace Kodama.Discovery;

/// <summary>One scan: browses and sweeps at once, looks after what was found if it watches, and tells the changes to one reader.</summary>
internal sealed class ScanRun : IAsyncDisposable
{
    private const int MaxChecks = 64;

    // With the grace before it, a goodbye is told within half a second.
    private static readonly TimeSpan GoodbyeCheck = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxWait = TimeSpan.FromHours(1);

    private readonly ScanSettings settings;
    private readonly ScanEnvironment environment;
    private readonly bool watches;
    private readonly TimeProvider time;
    private readonly long started;
    private readonly Lock gate = new();
    private readonly HubTable table;
    private readonly HubProbe probe;
    private readonly HubCheck check;
    private readonly Browser? browser;
    private readonly Signal changed = new();
    private readonly Signal due = new();
    private readonly ITimer dueTimer;
    private readonly SemaphoreSlim checks = new(MaxChecks);
    private readonly CancellationTokenSource stopping = new();

    public ScanRun(ScanSettings settings, ScanEnvironment environment, bool watches)
    {
        (this.settings, this.environment, this.watches) = (settings, environment, watches);
        time = environment.Time;
        started = time.GetTimestamp();
        table = new HubTable(settings);
        probe = new HubProbe(time);
        check = new HubCheck(probe);
        dueTimer = time.CreateTimer(_ => due.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (!settings.Browses) return;
        browser = new Browser(settings.Service, environment.Links(0), environment.Links(MulticastGroup.Port), Heard, time, environment.Random);
    }

    private TimeSpan Now => time.GetElapsedTime(started);

    /// <summary>All changes until the scan ends, or for ever if it watches.</summary>
    public async IAsyncEnumerable<HubChange> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), stopping).ConfigureAwait(false);
        // On the pool: neither a caller's thread nor its context has anything to do with it.
        var running = Task.Run(RunAsync, CancellationToken.None);
        _ = running.ContinueWith(static (_, s) => ((Signal)s!).Set(), changed, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
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
        lock (gate) table.Interfaces = environment.Interfaces();
        var sweeping = settings.Sweeps ? SweepAsync(stopping.Token) : Task.CompletedTask;
        browser?.Start();
        var looking = watches ? LookAfterAsync(stopping.Token) : settings.Browses ? Task.Delay(settings.Timeout, time, stopping.Token) : Task.CompletedTask;
        try
        {
            // Whichever fails ends the other.
            await await Task.WhenAny(sweeping, looking);
            await Task.WhenAll(sweeping, looking);
        }
        finally
        {
            await stopping.CancelAsync();
            await Task.WhenAll(sweeping, looking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        var sweeper = new Sweeper(
            (target, cancellation) => probe.AskAsync(target, settings.HostTimeout, expectTls: false, cancellation), settings.MaxConnections, time);
        for (var isFirst = true; ; isFirst = false)
        {
            var begun = Now;
            await sweeper.SweepAsync(await TargetsAsync(isFirst, cancellationToken), Answered, cancellationToken);
            if (watches) await Task.Delay(Max(begun + settings.WatchInterval - Now, TimeSpan.Zero), time, cancellationToken);
            // Packets get lost; where there is time to wait for mDNS there is time to try again.
            else if (!settings.Browses || Now + settings.HostTimeout > settings.Timeout) return;
        }
    }

    private async Task<IReadOnlyList<SweepTarget>> TargetsAsync(bool isFirst, CancellationToken cancellationToken)
    {
        var interfaces = environment.Interfaces();
        lock (gate) table.Interfaces = interfaces;
        if (settings.Subnets.Count == 0) return SweepTargets.Own(interfaces, settings.Ports, settings.MaxAddresses);
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
                IReadOnlyList<(HubEntry Entry, IReadOnlyList<(SweepTarget, bool)> Targets, bool IsLeaving)> entries;
                lock (gate)
                {
                    entries = [.. table.TakeDue(Now).Select(e => (e, e.Targets(table.Interfaces), e.IsLeaving))];
                    var wait = table.NextDue() - Now;
                    dueTimer.Change(wait < MaxWait ? Max(wait, TimeSpan.Zero) : MaxWait, Timeout.InfiniteTimeSpan);
                }
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

    private async Task CheckAsync(HubEntry entry, IReadOnlyList<(SweepTarget, bool)> targets, bool isLeaving, CancellationToken cancellationToken)
    {
        await Task.Yield();
        HubAnswer? answer = null;
        // Without a sweep nobody would find again what has said goodbye, so it is believed.
        if (!isLeaving || (settings.Sweeps && entry.IsAnswered))
        {
            await checks.WaitAsync(cancellationToken);
            try
            {
                answer = await check.AskAsync(targets, isLeaving ? GoodbyeCheck : settings.HostTimeout, cancellationToken);
            }
            finally
            {
                checks.Release();
            }
        }
        cancellationToken.ThrowIfCancellationRequested();
        DnsName[] instances;
        lock (gate) instances = [.. entry.Instances];
        var sinceHeard = instances.Select(i => browser?.SinceHeard(i)).Min();
        bool isLost, isDoubtful;
        lock (gate)
        {
            table.Checked(entry, answer, sinceHeard, Now);
            isLost = !table.Has(entry);
            isDoubtful = entry.FailedAt is not null;
        }
        foreach (var instance in instances)
        {
            if (isLost) browser?.Forget(instance);
            else if (isDoubtful) browser?.Verify(instance);
        }
        changed.Set();
        due.Set();
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
