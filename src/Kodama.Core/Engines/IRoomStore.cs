namespace Kodama;

/// <summary>What an engine keeps of one room.</summary>
public interface IRoomStore
{
    /// <summary>
    /// Messages up to this offset are not all kept; rises as retention takes them. Cheap, and called under the room's lock.
    /// </summary>
    long Trimmed { get; }

    /// <summary>
    /// Whether it decides itself what others may have changed where this hub does not see it yet: ids (<see cref="Entry.FirstSeen"/>),
    /// conditions and bounds of keys, whose a member is. Then nothing of that is asked before, what is left over of other hubs is its
    /// matter, and it also calls <see cref="IRoomFeed.Answer"/> and <see cref="IRoomFeed.Renew"/>. Always the same. Default false.
    /// </summary>
    bool Decides => false;

    /// <summary>The room has what was kept, and is ready for what comes: nothing is delivered before. Not called under a lock.</summary>
    void Begin()
    {
    }

    /// <summary>
    /// Orders an entry behind all that came before, and keeps it. Called under the room's lock: does not block, and calls nobody. Then
    /// <see cref="IRoomFeed.Deliver"/> gets it with its place, or <see cref="IRoomFeed.Fail"/>, each entry once, in order. One that is
    /// <see cref="Entry.IsTransient"/> takes no place and is not kept, and is delivered in its turn all the same.
    /// </summary>
    void Append(Entry entry);

    /// <summary>What was appended goes now. Whoever has appended calls it, best when the room's lock is free: does not block, and calls
    /// nobody.</summary>
    void Appended()
    {
    }

    /// <summary>
    /// Where it decides: what was published under an id that is sent again, or why that is not known; null for nothing. Asked before the
    /// filters are. Never fails.
    /// </summary>
    /// <param name="id">With what its author knew before.</param>
    /// <param name="scope">For whom it counts.</param>
    /// <param name="digest">What it stands for.</param>
    ValueTask<PublishResult?> FindAsync(PublishId id, string scope, UInt128 digest) => default;

    /// <summary>
    /// Where it decides: ends when all that was ordered anywhere before the call has been delivered here. False, when that cannot be known
    /// soon. Who comes from another hub and joins live would hear again what that hub had told it. Never fails.
    /// </summary>
    ValueTask<bool> CatchUpAsync(CancellationToken cancellationToken) => new(true);

    /// <summary>
    /// Messages behind an offset that memory has let go, in order: at most so many, and none behind the first with which they are more than
    /// so many bytes (<see cref="Entry.Size"/>).
    /// </summary>
    ValueTask<IReadOnlyList<Entry>> ReadAfterAsync(long after, int most, long mostBytes, CancellationToken cancellationToken = default);

    /// <summary>
    /// The newest messages before an offset, in order: at most so many, and none before the last with which they are more than so many
    /// bytes.
    /// </summary>
    ValueTask<IReadOnlyList<Entry>> ReadBeforeAsync(long before, int most, long mostBytes, CancellationToken cancellationToken = default);

    /// <summary>
    /// Behind which offset the last so many messages begin of those up to an offset; <see cref="Trimmed"/>, where all of these are wanted.
    /// Not called under a lock. Short: whoever joins waits for it.
    /// </summary>
    /// <exception cref="EngineException">It cannot be read now.</exception>
    long FindStart(long upTo, int messages);

    /// <summary>The same of the messages since a time.</summary>
    /// <inheritdoc cref="FindStart(long, int)"/>
    long FindStart(long upTo, DateTimeOffset since);

    /// <summary>The room leaves memory. Nothing is pending, and nothing is called after it.</summary>
    void Close();
}
