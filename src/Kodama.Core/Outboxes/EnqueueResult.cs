namespace Kodama;

/// <summary>What an outbox did with a frame.</summary>
public enum EnqueueResult
{
    /// <summary>It waits behind others; whoever woke the outbox flushes it.</summary>
    Queued,

    /// <summary>It waits, and the caller must flush the peer: nobody else will.</summary>
    QueuedFirst,

    /// <summary>It was dropped, as the outbox was full of what may not be dropped.</summary>
    Dropped,

    /// <summary>The outbox is full, and the policy says that the peer must go.</summary>
    Full,

    /// <summary>It was not taken, as too much waits: another try may succeed when something has left. Of a room, the peer goes on from the
    /// log.</summary>
    Behind,

    /// <summary>The peer is gone.</summary>
    Closed,
}
