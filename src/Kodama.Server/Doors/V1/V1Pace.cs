namespace Kodama.Server;

/// <summary>
/// Holds up a client's requests while it does not take the answers to those before: it may have asked for far more than it reads.
/// </summary>
/// <param name="peer">Whose.</param>
/// <param name="time">By which it is too slow.</param>
internal sealed class V1Pace(Peer peer, TimeProvider time)
{
    private TaskCompletionSource? drained;
    private long taken;

    /// <summary>
    /// Whether the request has to wait. One whose answer may be large does until little waits, so that a client has one of these under way;
    /// others have the place that is left.
    /// </summary>
    public bool MustWait(V1RequestType request) => request switch
    {
        V1RequestType.Join or V1RequestType.Members or V1RequestType.State or V1RequestType.History =>
            peer.Outbox.QueuedBytes > Outbox.LowWater,
        _ => peer.Outbox.IsHalfFull,
    };

    /// <summary>The client has taken so much.</summary>
    public void Advance(int count)
    {
        Volatile.Write(ref taken, taken + count);
        if (Volatile.Read(ref drained) is { } waiting && peer.Outbox.QueuedBytes <= Outbox.LowWater) waiting.TrySetResult();
    }

    /// <summary>Waits until little waits for the client. False, when it has gone, or has taken nothing for so long that it must
    /// go.</summary>
    public async ValueTask<bool> WaitAsync()
    {
        while (true)
        {
            var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref drained, waiting);
            var (before, left) = (Volatile.Read(ref taken), peer.Outbox.QueuedBytes);
            if (left <= Outbox.LowWater) return true;
            try
            {
                await waiting.Task.WaitAsync(V1Limits.TimeToTake(left), time, peer.Disconnected);
                return true;
            }
            catch (TimeoutException)
            {
                if (Volatile.Read(ref taken) != before) continue;
                peer.Disconnect(CloseReason.TooSlow);
                return false;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }
}
