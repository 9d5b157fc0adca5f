namespace Kodama.Client.Sending;

/// <summary>One send at a time, in the order of the calls: <see cref="System.Net.WebSockets.WebSocket"/> takes no two at once.</summary>
internal sealed class SendTurns
{
    private readonly Lock gate = new();
    private readonly LinkedList<Waiter> waiting = [];
    private bool taken;

    /// <summary>Waits for the turn. Who got it calls <see cref="Exit"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before the turn came; it is not taken then.</exception>
    public ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        Waiter waiter;
        lock (gate)
        {
            if (!taken)
            {
                taken = true;
                return default;
            }
            waiter = new Waiter(this, cancellationToken);
            waiter.Place = waiting.AddLast(waiter);
        }
        return new ValueTask(waiter.WaitAsync());
    }

    /// <summary>Gives the turn to the next.</summary>
    public void Exit()
    {
        lock (gate)
        {
            while (waiting.First is { } first)
            {
                waiting.RemoveFirst();
                if (first.Value.TrySetResult()) return;
            }
            taken = false;
        }
    }

    private sealed class Waiter(SendTurns turns, CancellationToken cancellationToken)
        : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public LinkedListNode<Waiter>? Place { get; set; }

        public async Task WaitAsync()
        {
            using var cancelled = cancellationToken.UnsafeRegister(static state => ((Waiter)state!).GiveUp(), this);
            await Task.ConfigureAwait(false);
        }

        private void GiveUp()
        {
            lock (turns.gate)
            {
                if (TrySetCanceled(cancellationToken)) turns.waiting.Remove(Place!);
            }
        }
    }
}
