namespace Kodama.Client.Connecting;

/// <summary>Several ways to the same end, each begun a moment after the one before, or at once when that has failed; the first to arrive
/// counts (as RFC 8305 section 5).</summary>
internal static class StaggeredRace
{
    // RFC 8305 section 5 recommends 250 ms between attempts.
    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(250);

    /// <summary>The first result; those that come after it are disposed. When all fail, the failure of the first.</summary>
    public static Task<T> RunAsync<T>(
        IReadOnlyList<Func<CancellationToken, Task<T>>> runners, TimeProvider time, CancellationToken cancellationToken)
        where T : class, IDisposable =>
        runners.Count == 1
            ? runners[0](cancellationToken)
            : RunAsync(runners.ToAsyncEnumerable(), Stagger, static failures => failures[0], time, cancellationToken);

    /// <summary>The first result; those that come after it are disposed.</summary>
    /// <param name="runners">Asked for the next only when it may begin. That they cannot be told any more is a failure as those of the
    /// runners.</param>
    /// <param name="stagger">How long each runs before the next may begin.</param>
    /// <param name="choose">When all have failed: with which of the failures, in their order, the race does.</param>
    /// <param name="time">The clock of the stagger.</param>
    /// <param name="cancellationToken">Ends the race, and all who run.</param>
    public static async Task<T> RunAsync<T>(
        IAsyncEnumerable<Func<CancellationToken, Task<T>>> runners,
        TimeSpan stagger,
        Func<IReadOnlyList<Exception>, Exception> choose,
        TimeProvider time,
        CancellationToken cancellationToken)
        where T : class, IDisposable
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var source = runners.GetAsyncEnumerator(over.Token);
        await using var disposing = source.ConfigureAwait(false);
        var running = new List<Task<T>>();
        var failures = new List<Exception>();
        Task<bool>? next = null;
        var pause = Task.CompletedTask;
        var more = true;
        T? winner = null;
        while (winner is null && (more || running.Count > 0))
        {
            if (more && pause.IsCompleted) next ??= source.MoveNextAsync().AsTask();
            await Task.WhenAny([.. running, .. more ? (Task[])[next ?? pause] : []]).ConfigureAwait(false);
            if (running.Find(r => r.IsCompleted) is { } arrived)
            {
                running.Remove(arrived);
                if (arrived.IsCompletedSuccessfully) winner = await arrived.ConfigureAwait(false);
                else failures.Add(await FailureAsync(arrived).ConfigureAwait(false));
                pause = Task.CompletedTask;
            }
            else if (next is { IsCompleted: true })
            {
                more = next.IsCompletedSuccessfully && await next.ConfigureAwait(false);
                if (!next.IsCompletedSuccessfully) failures.Add(await FailureAsync(next).ConfigureAwait(false));
                next = null;
                if (!more) continue;
                pause = Task.Delay(stagger, time, over.Token);
                running.Add(source.Current(over.Token));
            }
        }
        await over.CancelAsync().ConfigureAwait(false);
        if (next is not null) await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var loser in running) await Runner.DisposeAsync(loser).ConfigureAwait(false);
        if (winner is not null) return winner;
        cancellationToken.ThrowIfCancellationRequested();
        throw choose(failures);
    }

    private static async Task<Exception> FailureAsync(Task failed)
    {
        await failed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return failed.Exception?.InnerException ?? new TaskCanceledException(failed);
    }
}
