namespace Kodama.Pusher;

/// <summary>What a client is told before its connection is closed: said once, and sent once, by whoever takes it. Thread-safe.</summary>
internal struct Farewell
{
    // In its place, when it has been taken.
    private static readonly byte[] Taken = [];

    private byte[]? frame;

    /// <summary>Says why; false, where that was said before.</summary>
    public bool TrySay(CloseReason reason) => Interlocked.CompareExchange(ref frame, RefusedPeer.Tell(reason), null) is null;

    /// <summary>The frame to send; null, where there is none, or somebody else sends it.</summary>
    public byte[]? Take()
    {
        var said = Volatile.Read(ref frame);
        return said is not null && said != Taken && Interlocked.CompareExchange(ref frame, Taken, said) == said ? said : null;
    }
}
