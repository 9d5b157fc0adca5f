namespace Kodama;

/// <summary>A room as its engine sees it. Called by one thread at a time for a room.</summary>
public interface IRoomFeed
{
    /// <summary>These entries are kept, and have the next places: hands them out.</summary>
    /// <param name="entries">In order, each behind the last one delivered.</param>
    /// <param name="batch">Who got something; the engine flushes it.</param>
    void Deliver(ReadOnlySpan<Entry> entries, FlushBatch batch);

    /// <summary>
    /// These could not be kept: their senders are told. Nothing of them was delivered, and their places are given to others.
    /// </summary>
    void Fail(ReadOnlySpan<Entry> entries, string why);
}
