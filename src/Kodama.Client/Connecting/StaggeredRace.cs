namespace Kodama.Client.Connecting;

/// <summary>Several ways to the same end, each begun a moment after the one before, or at once when that has failed; the first to arrive counts (as RFC 8305 section 5).</summary>
internal static class StaggeredRace
{
    // RFC 8305 section 5 recommends 250 ms between attempts.
    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(250);

    /// <summary>The first result; those that come after it are disposed. When all fail, the failure of the first.</summary>
    public static async Task<T> RunAsync<T>(IReadOnlyList<Func<CancellationToken, Task<T>>> runners, TimeProvider time, CancellationToken cancellationToken)
        where T : IDisposable
    {
        if (runners.Count == 1) return await runners[0](cancellationToken).ConfigureAwait(false);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<T>>();
        var next = 0;
        Task<T>? winner = null;
        Exception? failure = null;
        while (winner is null && (next < runners.Count || running.Count > 0))
        {
            if (next < runners.Count) running.Add(runners[next++](over.Token));
            var first = await FirstAsync(running, next < runners.Count, time, over.Token).ConfigureAwait(false);
            if (first is null) continue;
            running.Remove(first);
            if (first.IsCompletedSuccessfully) winner = first;
            else failure ??= await FailureAsync(first).ConfigureAwait(false);
        }
        await over.CancelAsync().ConfigureAwait(false);
        foreach (var loser in running) await DisposeAsync(loser).ConfigureAwait(false);
        if (winner is null) cancellationToken.ThrowIfCancellationRequested();
        return winner is not null ? await winner.ConfigureAwait(false) : throw failure!;
    }

    // Null, when it is time for the next to begin.
    private static async Task<Task<T>?> FirstAsync<T>(List<Task<T>> running, bool more, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!more) return await Task.WhenAny(running).ConfigureAwait(false);
        using var arrived = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stagger = Task.Delay(Stagger, time, arrived.Token);
        var first = await Task.WhenAny([.. running, stagger]).ConfigureAwait(false);
        await arrived.CancelAsync().ConfigureAwait(false);
        return first as Task<T>;
    }

    private static async Task<Exception> FailureAsync<T>(Task<T> failed)
    {
        await ((Task)failed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return failed.Exception?.InnerException ?? new TaskCanceledException(failed);
    }

    // Cancelled, so it ends at once; it may have arrived all the same.
    private static async Task DisposeAsync<T>(Task<T> loser)
        where T : IDisposable
    {
        await ((Task)loser).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (loser.IsCompletedSuccessfully) (await loser.ConfigureAwait(false)).Dispose();
    }
}
