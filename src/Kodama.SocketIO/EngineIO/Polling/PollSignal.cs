using System.Threading.Tasks.Sources;

namespace Kodama.SocketIO;

/// <summary>Wakes the one GET that waits, or makes the next wait end at once. Waits without allocating.</summary>
internal sealed class PollSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Awaited = 1;
    private const int Woken = 2;

    // Whoever changes it from awaited ends the wait, on another thread. Not readonly: it is a struct that changes.
    private ManualResetValueTaskSourceCore<bool> source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration cancelled;
    private int state;

    /// <summary>Whether somebody waits.</summary>
    public bool IsAwaited => Volatile.Read(ref state) == Awaited;

    /// <summary>Never waits, and never runs what waits on this thread.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref state, Woken) == Awaited) source.SetResult(true);
    }

    /// <summary>Ends when it is woken, or was since the last wait. To be awaited at once.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        source.Reset();
        if (Interlocked.CompareExchange(ref state, Awaited, Idle) != Idle)
        {
            Interlocked.Exchange(ref state, Idle);
            return ValueTask.CompletedTask;
        }
        cancelled = cancellationToken.UnsafeRegister(static (signal, token) => ((PollSignal)signal!).Cancel(token), this);
        return new ValueTask(this, source.Version);
    }

    void IValueTaskSource.GetResult(short token)
    {
        cancelled.Dispose();
        Interlocked.Exchange(ref state, Idle);
        source.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => source.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref state, Idle, Awaited) == Awaited)
            source.SetException(new OperationCanceledException(cancellationToken));
    }
}
