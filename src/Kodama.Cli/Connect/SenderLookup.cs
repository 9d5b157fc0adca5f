using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>
/// Finds who sent a message. A raw WebSocket carries what was said, and not by whom; the hub's event stream carries both, in the same order. What
/// comes by the WebSocket is shown in any case: with a name if the stream tells one in time. Thread-safe.
/// </summary>
internal sealed class SenderLookup(TimeProvider time)
{
    // A reader of the stream that is this far behind is of no use any more.
    private const int MaxHeard = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly Lock gate = new();
    private readonly List<RoomMessage> heard = [];
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool live;

    /// <summary>Whether the stream is being read; if not, nobody waits for it.</summary>
    public bool IsLive
    {
        set
        {
            lock (gate)
            {
                live = value;
                heard.Clear();
                Pulse_NeedsLock();
            }
        }
    }

    /// <summary>The stream has shown a message that the WebSocket shows too, has shown, or will show.</summary>
    public void Hear(RoomMessage message)
    {
        lock (gate)
        {
            heard.Add(message);
            if (heard.Count > MaxHeard) heard.RemoveAt(0);
            Pulse_NeedsLock();
        }
    }

    /// <summary>The sender of the next message of the WebSocket; null where it is not known.</summary>
    public async ValueTask<RoomPeer?> FindAsync(HubMessage message)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        while (true)
        {
            Task next;
            lock (gate)
            {
                var index = heard.FindIndex(h => h.IsSame(message));
                if (index >= 0)
                {
                    var found = heard[index];
                    // Both have one order: what stands before it was never to come here.
                    heard.RemoveRange(0, index + 1);
                    return found.From;
                }
                if (!live) return null;
                next = more.Task;
            }
            await next.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (patience.IsCancellationRequested) return null;
        }
    }

    private void Pulse_NeedsLock()
    {
        more.SetResult();
        more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
