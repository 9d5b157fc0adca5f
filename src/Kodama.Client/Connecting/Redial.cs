namespace Kodama.Client.Connecting;

/// <summary>
/// A dial that hangs is made once more beside itself, again and again: where a network comes back meanwhile, the system repeats its own
/// first packet only 1, 3 and 7 s after it (RFC 6298 section 5.5), and a new dial begins with one at once.
/// </summary>
internal static class Redial
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>The first connection, or failure: that nobody listens, one tells as well as the other.</summary>
    /// <param name="dial">Makes one. The first goes on throughout, for ways that are slow; beside it there is one at a time.</param>
    /// <param name="time">The clock of the pauses.</param>
    /// <param name="cancellationToken">Ends all.</param>
    public static async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> dial, TimeProvider time, CancellationToken cancellationToken)
        where T : class, IDisposable
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = dial(over.Token);
        if (first.IsCompleted) return await first.ConfigureAwait(false);
        var beside = BesideAsync(dial, time, over.Token);
        var arrived = await Task.WhenAny(first, beside).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await Runner.DisposeAsync(arrived == first ? beside : first).ConfigureAwait(false);
        if (!cancellationToken.IsCancellationRequested) return await arrived.ConfigureAwait(false);
        await Runner.DisposeAsync(arrived).ConfigureAwait(false);
        throw new OperationCanceledException(cancellationToken);
    }

    private static async Task<T> BesideAsync<T>(Func<CancellationToken, Task<T>> dial, TimeProvider time, CancellationToken over)
        where T : class, IDisposable
    {
        await Task.Delay(First, time, over).ConfigureAwait(false);
        for (var pause = First * 2; ; pause = pause * 2 < Longest ? pause * 2 : Longest)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(over);
            var dialing = dial(enough.Token);
            var waiting = Task.Delay(pause, time, enough.Token);
            var isDecided = await Task.WhenAny(dialing, waiting).ConfigureAwait(false) == dialing;
            await enough.CancelAsync().ConfigureAwait(false);
            if (isDecided) return await dialing.ConfigureAwait(false);
            await Runner.DisposeAsync(dialing).ConfigureAwait(false);
            over.ThrowIfCancellationRequested();
        }
    }
}
