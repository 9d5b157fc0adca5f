namespace Kodama.Cli.Connect;

/// <summary>How far a room is shown, so that nobody leaves before what they have said: the hub's event stream tells who goes, and the
/// conversation what is said, by another connection. Thread-safe.</summary>
internal sealed class ShownPlace(TimeProvider time)
{
    // The conversation brings what the stream has told, unless the connection is lost, or a filter has kept it from this peer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long told = -1;
    private long shown;
    private long givenUp;

    /// <summary>The stream begins anew.</summary>
    public void Begin()
    {
        lock (gate) (told, givenUp) = (-1, 0);
    }

    /// <summary>The stream has told of the message at this place.</summary>
    public void Tell(long offset)
    {
        lock (gate) told = offset;
    }

    /// <summary>Everything up to this place is shown.</summary>
    public void Show(long offset)
    {
        lock (gate)
        {
            shown = offset;
            more.SetResult();
            more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Returns when all that the stream has told is shown. What is not shown for long is not waited for again.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async ValueTask ShownAsync(CancellationToken cancellationToken)
    {
        CancellationTokenSource? patience = null;
        try
        {
            while (true)
            {
                Task next;
                lock (gate)
                {
                    if (patience?.IsCancellationRequested == true) givenUp = told;
                    if (told <= Math.Max(shown, givenUp)) return;
                    next = more.Task;
                }
                patience ??= new CancellationTokenSource(Patience, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
                await next.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            patience?.Dispose();
        }
    }
}
