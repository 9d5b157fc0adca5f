namespace Kodama.WebSockets;

/// <summary>Whether a message takes too long to come. Whoever trickles one holds memory that others need.</summary>
internal struct MessageDeadline
{
    private int message;
    private long since;

    /// <summary>Looks at the clock.</summary>
    /// <param name="now">Milliseconds of a clock that never goes back.</param>
    /// <param name="underway">Number of the message that is not whole yet; 0 for none.</param>
    /// <param name="timeout">Zero for any time.</param>
    public bool IsOver(long now, int underway, TimeSpan timeout)
    {
        if (underway != message)
        {
            message = underway;
            since = now;
        }
        return underway != 0 && timeout > TimeSpan.Zero && now - since >= timeout.TotalMilliseconds;
    }
}
