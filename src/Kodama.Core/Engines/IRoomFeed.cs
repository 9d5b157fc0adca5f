namespace Kodama;

/// <summary>A room as its engine sees it. Called by one thread at a time for a room.</summary>
public interface IRoomFeed
{
    /// <summary>These entries are kept, and have the next places: hands them out.</summary>
    /// <param name="entries">In order, each behind the last one delivered.</param>
    /// <param name="batch">Who got something; the engine flushes it.</param>
    void Deliver(ReadOnlySpan<Entry> entries, FlushBatch batch);

    /// <summary>
    /// These were not kept: their senders are told. Nothing of them was delivered, and their places are given to others.
    /// </summary>
    /// <param name="entries">In order.</param>
    /// <param name="code"><see cref="RefusalCode.NotKept"/>, or <see cref="RefusalCode.OutcomeUnknown"/>, where they may come to light
    /// after a restart.</param>
    /// <param name="why">For people: what is wrong, and what to do.</param>
    void Fail(ReadOnlySpan<Entry> entries, RefusalCode code, string why);
}
