namespace Kodama;

/// <summary>A room as its engine sees it. Called by one thread at a time for a room.</summary>
public interface IRoomFeed
{
    /// <summary>What a change of a key may not go beyond, and what it is told then, where the store decides.</summary>
    KeyBounds Bounds => default;

    /// <summary>These entries are kept, and have the next places: hands them out.</summary>
    /// <param name="entries">In order, each behind the last one delivered; those that were appended here, and where the store decides
    /// others' too.</param>
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

    /// <summary>From a store that decides: this entry gets no place, and that is the answer in its stead.</summary>
    /// <param name="entry">It was appended.</param>
    /// <param name="answer">Where it was published before, or why it may not be; with no place and no refusal, that nothing was to
    /// do.</param>
    void Answer(Entry entry, PublishResult answer) => throw new NotSupportedException("Not for stores that decide.");

    /// <summary>
    /// From a store that decides: the log is another by now, or not all that came is there any more. What memory has is replaced; readers
    /// are told a gap, where they miss something or the epoch is another.
    /// </summary>
    /// <param name="kept">What there is.</param>
    void Renew(KeptRoom kept) => throw new NotSupportedException("Not for stores that decide.");
}
