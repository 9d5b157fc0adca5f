namespace Kodama;

/// <summary>
/// Flushes crowds, and leaves most of the machine to everything else: what comes for a crowd so soon after the last flush of one waits a
/// little, and then leaves in one send for each peer.
/// </summary>
/// <remarks>
/// To send to 10,000 peers takes 16 ms. A room of so many that gets 60 messages a second would have a core to itself, and who comes
/// meanwhile would not even be answered. What is published is handed out at once all the same: only the sending waits, and never where
/// much waits already.
/// </remarks>
internal sealed class CrowdFlush
{
    /// <summary>So many members of a room are a crowd: fewer take less than a millisecond.</summary>
    public const int Smallest = 512;

    private const int MostBytes = 64 * 1024;

    // Less is not worth a timer.
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(250);

    private readonly Hub hub;
    private readonly ITimer rest;
    private readonly Lock gate = new();
    private List<Peer> waiting = [];
    private List<Peer>? spare;
    private int waitingBytes;
    private int flushing;
    private bool isResting;

    public CrowdFlush(Hub hub)
    {
        this.hub = hub;
        rest = hub.Time.CreateTimer(
            static crowds => ((CrowdFlush)crowds!).OnRested(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long others have their turn: three times as long as that took, shared among the cores.</summary>
    internal static TimeSpan RestAfter(TimeSpan took) => took * 3 / Environment.ProcessorCount;

    /// <summary>Takes the peers over, and leaves the list empty: they are flushed now or soon.</summary>
    /// <param name="woken">Those of a crowd that have got something, and nobody was to flush yet.</param>
    /// <param name="bytes">About how much each.</param>
    public void Flush(List<Peer> woken, int bytes)
    {
        List<Peer> crowd;
        lock (gate)
        {
            waiting.AddRange(woken);
            waitingBytes += bytes;
            woken.Clear();
            if ((flushing > 0 || isResting) && waitingBytes <= MostBytes) return;
            crowd = Take_NeedsLock();
        }
        Flush(crowd);
    }

    private void OnRested()
    {
        List<Peer> crowd;
        lock (gate)
        {
            isResting = false;
            // Whoever flushes now sees what has come meanwhile.
            if (flushing > 0 || waiting.Count == 0) return;
            crowd = Take_NeedsLock();
        }
        Flush(crowd);
    }

    private List<Peer> Take_NeedsLock()
    {
        flushing++;
        var crowd = waiting;
        waiting = spare ?? [];
        spare = null;
        waitingBytes = 0;
        return crowd;
    }

    private void Flush(List<Peer> crowd)
    {
        var began = hub.Time.GetTimestamp();
        foreach (var peer in crowd)
        {
            try
            {
                peer.Flush();
            }
            catch (Exception exception)
            {
                // A door's own code: the others are owed theirs.
                RoomsLog.FlushFailed(hub.Logger, peer.Id, exception);
            }
        }
        crowd.Clear();
        Rest(hub.Time.GetElapsedTime(began), crowd);
    }

    private void Rest(TimeSpan took, List<Peer> emptied)
    {
        lock (gate)
        {
            spare = emptied;
            if (--flushing > 0 || (took < ShortestRest && waiting.Count == 0)) return;
            isResting = true;
        }
        rest.Change(TimeSpan.FromTicks(Math.Clamp(RestAfter(took).Ticks, ShortestRest.Ticks, LongestRest.Ticks)), Timeout.InfiniteTimeSpan);
    }
}
