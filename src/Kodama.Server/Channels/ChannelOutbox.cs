using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>Frames of one channel that wait to be sent: a bounded queue, whose writers wait while it is full.</summary>
internal sealed class ChannelOutbox(int maxBytes) : IFrameSource
{
    private readonly Lock gate = new();
    private readonly Queue<byte[]> frames = new();
    private long waiting;
    private volatile bool isClosed;
    private TaskCompletionSource? freed;

    public bool IsClosed => isClosed;

    /// <summary>Adds a frame when there is room. One that is larger than all the room waits for an empty queue.</summary>
    public async ValueTask AddAsync(byte[] frame, CancellationToken cancellationToken)
    {
        while (!TryAdd(frame, out var room)) await room.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public ReadOnlyMemory<byte> Peek()
    {
        lock (gate) return frames.TryPeek(out var frame) ? frame : default;
    }

    public void Advance(int count)
    {
        lock (gate)
        {
            if (frames.TryDequeue(out var frame)) waiting -= frame.Length;
            Free();
        }
    }

    public void Blocked()
    {
    }

    /// <summary>What waits may go; whoever waits for room is told.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            frames.Clear();
            waiting = 0;
            Free();
        }
    }

    private bool TryAdd(byte[] frame, out Task room)
    {
        lock (gate)
        {
            if (isClosed) throw new InvalidOperationException("The channel is closed: nothing can be sent any more.");
            room = Task.CompletedTask;
            if (frames.Count > 0 && waiting + frame.Length > maxBytes)
            {
                freed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = freed.Task;
                return false;
            }
            frames.Enqueue(frame);
            waiting += frame.Length;
            return true;
        }
    }

    private void Free()
    {
        freed?.SetResult();
        freed = null;
    }
}
