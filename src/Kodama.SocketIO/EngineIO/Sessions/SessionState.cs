namespace Kodama.SocketIO;

/// <summary>
/// The life of a session in one word, each change of which is one atomic step: open, closing or ended, and why; whether packets are being
/// told, or that the end is near. The end is told once, last: by whoever leaves an ended session with nobody else in it.
/// </summary>
internal struct SessionState
{
    private const int Closing = 1;
    private const int Ended = 2;
    private const int ByClient = 4;
    private const int Telling = 8;
    private const int Warning = 16;
    private const int Ticking = 32;
    private const int ReasonShift = 8;

    private int word;

    public readonly bool IsOpen => (Word & (Closing | Ended)) == 0;

    public readonly bool IsClosing => (Word & (Closing | Ended)) == Closing;

    public readonly bool HasEnded => (Word & Ended) != 0;

    /// <summary>Whether the client has ended it, by a packet.</summary>
    public readonly bool EndedByClient => (Word & ByClient) != 0;

    /// <summary>Whether packets are being told.</summary>
    public readonly bool IsTelling => (Word & Telling) != 0;

    /// <summary>Why it closes, or has ended.</summary>
    public readonly EngineCloseReason Reason => (EngineCloseReason)(Word >> ReasonShift);

    private readonly int Word => Volatile.Read(in word);

    /// <summary>It begins to close; false, if it did before.</summary>
    public bool TryClose(EngineCloseReason reason)
    {
        for (var before = Word; (before & (Closing | Ended)) == 0; before = Word)
        {
            if (TrySet(before, before | Closing | (int)reason << ReasonShift)) return true;
        }
        return false;
    }

    /// <summary>It is over; false, if it was before. The reason for which it was closing counts.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="byClient">Whether the client said so.</param>
    /// <param name="isTelling">Whether packets are being told: then the handler is to be warned, and <see cref="EndWarning"/> to be
    /// asked.</param>
    public bool TryEnd(EngineCloseReason reason, bool byClient, out bool isTelling)
    {
        isTelling = false;
        for (var before = Word; (before & Ended) == 0; before = Word)
        {
            isTelling = (before & Telling) != 0;
            var after = before | Ended | (byClient ? ByClient : 0) | (isTelling ? Warning : 0);
            if ((before & Closing) == 0) after |= (int)reason << ReasonShift;
            if (TrySet(before, after)) return true;
        }
        return false;
    }

    /// <summary>Packets are about to be told; false, when it is over. One at a time may.</summary>
    public bool TryBeginTelling()
    {
        for (var before = Word; (before & (Ended | Telling)) == 0; before = Word)
        {
            if (TrySet(before, before | Telling)) return true;
        }
        return false;
    }

    /// <summary>Packets have been told; true, when the end is now to be told.</summary>
    public bool EndTelling() => Leave(Telling);

    /// <summary>The handler has been warned; true, when the end is now to be told.</summary>
    public bool EndWarning() => Leave(Warning);

    /// <summary>Somebody looks at the clock; false, when another does.</summary>
    public bool TryBeginTick() => (Interlocked.Or(ref word, Ticking) & Ticking) == 0;

    public void EndTick() => Interlocked.And(ref word, ~Ticking);

    private bool Leave(int what) => (Interlocked.And(ref word, ~what) & (Ended | Telling | Warning)) == (Ended | what);

    private bool TrySet(int before, int after) => Interlocked.CompareExchange(ref word, after, before) == before;
}
