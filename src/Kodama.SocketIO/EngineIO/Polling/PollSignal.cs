namespace Kodama.SocketIO;

/// <summary>Wakes the one GET that waits, or makes the next wait end at once.</summary>
internal sealed class PollSignal
{
    private static readonly object Set = new();

    // Set, whoever waits, or null.
    private object? state;

    /// <summary>Whether somebody waits.</summary>
    public bool IsAwaited => Volatile.Read(ref state) is TaskCompletionSource;

    /// <summary>Never waits, and never runs what waits on this thread.</summary>
    public void Wake() => (Interlocked.Exchange(ref state, Set) as TaskCompletionSource)?.TrySetResult();

    /// <summary>Ends when it is woken, or was since the last wait.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref state, waiter, null) is null)
        {
            using var cancelled = cancellationToken.UnsafeRegister(
                static (waiter, token) => ((TaskCompletionSource)waiter!).TrySetCanceled(token), waiter);
            await waiter.Task.ConfigureAwait(false);
        }
        Interlocked.Exchange(ref state, null);
    }
}
