using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>Frames of one channel that wait to be sent: a bounded queue, whose writers wait in turn while it is full.</summary>
internal sealed class ChannelOutbox(int maxBytes) : IFrameSource
{
    private readonly Lock gate = new();
    private readonly Queue<byte[]> frames = new();
    private readonly LinkedList<Waiter> waiters = new();
    private long queued;
    private volatile bool isComplete;

    /// <summary>Whether nothing is taken any more.</summary>
    public bool IsComplete => isComplete;

    /// <summary>Adds a frame when there is room and its turn has come. One that is larger than all the room waits for an empty
    /// queue.</summary>
    /// <exception cref="InvalidOperationException">Nothing is taken any more.</exception>
    public ValueTask AddAsync(byte[] frame, CancellationToken cancellationToken)
    {
        LinkedListNode<Waiter> node;
        lock (gate)
        {
            if (isComplete) throw IsClosed();
            if (waiters.Count == 0 && Fits(frame.Length))
            {
                Enqueue(frame);
                return default;
            }
            node = waiters.AddLast(new Waiter(frame));
        }
        return new(WaitAsync(node, cancellationToken));
    }

    public ReadOnlyMemory<byte> Peek()
    {
        lock (gate) return frames.TryPeek(out var frame) ? frame : default;
    }

    public void Advance(int count)
    {
        lock (gate)
        {
            if (frames.TryDequeue(out var frame)) queued -= frame.Length;
            while (waiters.First?.Value is { } next && Fits(next.Frame.Length))
            {
                waiters.RemoveFirst();
                Enqueue(next.Frame);
                next.Admitted.SetResult();
            }
        }
    }

    public void Blocked()
    {
    }

    public bool TryAppend(ReadOnlySpan<byte> frame)
    {
        lock (gate)
        {
            if (isComplete || !Fits(frame.Length)) return false;
            Enqueue(frame.ToArray());
            return true;
        }
    }

    /// <summary>Takes nothing more; what it has is sent.</summary>
    public void Complete()
    {
        lock (gate)
        {
            isComplete = true;
            foreach (var waiter in waiters) waiter.Admitted.SetException(IsClosed());
            waiters.Clear();
        }
    }

    /// <summary>Takes nothing more, and lets go what it has.</summary>
    public void Close()
    {
        Complete();
        lock (gate)
        {
            frames.Clear();
            queued = 0;
        }
    }

    private static InvalidOperationException IsClosed() => new("The channel is closed: nothing can be sent any more.");

    private async Task WaitAsync(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        await using var cancelled = cancellationToken.Register(() =>
        {
            lock (gate)
            {
                // Admitted already: it is on its way, whoever has lost patience.
                if (node.List is null) return;
                waiters.Remove(node);
                node.Value.Admitted.SetCanceled(cancellationToken);
            }
        }).ConfigureAwait(false);
        await node.Value.Admitted.Task.ConfigureAwait(false);
    }

    private bool Fits(int length) => frames.Count == 0 || queued + length <= maxBytes;

    private void Enqueue(byte[] frame)
    {
        frames.Enqueue(frame);
        queued += frame.Length;
    }

    private sealed record Waiter(byte[] Frame)
    {
        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
