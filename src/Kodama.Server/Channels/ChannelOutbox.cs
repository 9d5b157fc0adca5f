using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>What a channel has to send: the outbox of its peer, whose own senders wait in turn while so many bytes wait. What a room hands
/// out never waits.</summary>
internal sealed class ChannelOutbox(Outbox outbox, int maxBytes) : IFrameSource
{
    private readonly Lock gate = new();
    private readonly LinkedList<Waiter> waiters = new();
    private volatile bool isComplete;

    /// <summary>Whether nothing is taken any more.</summary>
    public bool IsComplete => isComplete;

    /// <summary>Takes a frame over, and adds it when there is room and its turn has come. One that is larger than all the room waits for an
    /// empty queue.</summary>
    /// <exception cref="InvalidOperationException">Nothing is taken any more.</exception>
    public ValueTask AddAsync(in Frame frame, CancellationToken cancellationToken)
    {
        LinkedListNode<Waiter> node;
        lock (gate)
        {
            var added = isComplete ? EnqueueResult.Closed : waiters.Count > 0 ? EnqueueResult.Behind : Enqueue(frame);
            if (added != EnqueueResult.Behind)
            {
                frame.Release();
                return IsTaken(added) ? default : throw IsClosed();
            }
            node = waiters.AddLast(new Waiter(frame));
        }
        return new(WaitAsync(node, cancellationToken));
    }

    public ReadOnlyMemory<byte> Peek() => outbox.Peek();

    public void Advance(int count)
    {
        outbox.Advance(count);
        lock (gate)
        {
            while (waiters.First?.Value is { } next && Enqueue(next.Frame) is var added && added != EnqueueResult.Behind)
            {
                waiters.RemoveFirst();
                next.Frame.Release();
                if (IsTaken(added)) next.Admitted.SetResult();
                else next.Admitted.SetException(IsClosed());
            }
        }
    }

    public void Blocked() => outbox.Blocked();

    public bool TryAppend(ReadOnlySpan<byte> frame) => outbox.TryAppend(frame);

    /// <summary>Takes nothing more; what it has is sent.</summary>
    public void Complete()
    {
        outbox.Complete();
        lock (gate)
        {
            isComplete = true;
            foreach (var waiter in waiters)
            {
                waiter.Frame.Release();
                waiter.Admitted.SetException(IsClosed());
            }
            waiters.Clear();
        }
    }

    /// <summary>Takes nothing more, and lets go what it has.</summary>
    public void Close()
    {
        Complete();
        outbox.Close();
    }

    private static InvalidOperationException IsClosed() => new("The channel is closed: nothing can be sent any more.");

    private static bool IsTaken(EnqueueResult result) => result is EnqueueResult.Queued or EnqueueResult.QueuedFirst;

    private EnqueueResult Enqueue(in Frame frame) => outbox.TryEnqueueUpTo(frame, maxBytes);

    private async Task WaitAsync(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        await using var cancelled = cancellationToken.Register(() =>
        {
            lock (gate)
            {
                // Admitted already: it is on its way, whoever has lost patience.
                if (node.List is null) return;
                waiters.Remove(node);
                node.Value.Frame.Release();
                node.Value.Admitted.SetCanceled(cancellationToken);
            }
        }).ConfigureAwait(false);
        await node.Value.Admitted.Task.ConfigureAwait(false);
    }

    private sealed class Waiter(in Frame frame)
    {
        public Frame Frame { get; } = frame;

        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
