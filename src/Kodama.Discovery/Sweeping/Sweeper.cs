using System.Runtime.ExceptionServices;

namespace Kodama.Discovery;

/// <summary>Asks many addresses at once, and reports each hub when it answers.</summary>
internal sealed class Sweeper(Func<SweepTarget, CancellationToken, Task<ProbeResult>> ask, int maxConnections, TimeProvider time)
{
    // As long as others hold the sockets the turn is kept, so that fewer connections are open; all others end within a HostTimeout.
    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(50);
    private const int MaxBackoffs = 60;

    /// <summary>Ends when every address has answered or timed out. <paramref name="found"/> is called by several threads.</summary>
    public async Task SweepAsync(IEnumerable<SweepTarget> targets, Action<HubAnswer> found, CancellationToken cancellationToken)
    {
        var slots = DescriptorLimit.Bound(maxConnections);
        using var free = new SemaphoreSlim(slots);
        ExceptionDispatchInfo? fault = null;
        try
        {
            foreach (var target in targets)
            {
                if (fault is not null) break;
                await free.WaitAsync(cancellationToken);
                _ = AskAsync(target);
            }
        }
        finally
        {
            // Whoever is still out ends at once when cancelled; the semaphore must outlive them.
            for (var i = 0; i < slots; i++) await free.WaitAsync(CancellationToken.None);
        }
        cancellationToken.ThrowIfCancellationRequested();
        fault?.Throw();

        async Task AskAsync(SweepTarget target)
        {
            try
            {
                if (await AskOneAsync(target, cancellationToken) is { } answer) found(answer);
            }
            catch (Exception exception)
            {
                // What the network does is no exception; anything else ends the sweep, which says so.
                fault ??= ExceptionDispatchInfo.Capture(exception);
            }
            finally
            {
                free.Release();
            }
        }
    }

    private async Task<HubAnswer?> AskOneAsync(SweepTarget target, CancellationToken cancellationToken)
    {
        for (var i = 0; i < MaxBackoffs && !cancellationToken.IsCancellationRequested; i++)
        {
            var result = await ask(target, cancellationToken);
            if (!result.IsExhausted) return result.Answer;
            await Task.Delay(Backoff, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return null;
    }
}
