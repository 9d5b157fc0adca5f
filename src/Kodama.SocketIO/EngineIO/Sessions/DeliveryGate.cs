namespace Kodama.SocketIO;

/// <summary>Sees to it that the end is told once, last, and never while packets, or that it is about to end, are being told.</summary>
internal struct DeliveryGate
{
    private const int Idle = 0;
    private const int Delivering = 1;

    // The end has come meanwhile; whether that has been told, and whether the packets have been.
    private const int TellingEnding = 2;
    private const int EndingToldFirst = 3;
    private const int DeliveredFirst = 4;
    private const int Over = 5;

    private int state;

    public readonly bool IsDelivering => Volatile.Read(in state) is Delivering or TellingEnding or EndingToldFirst;

    /// <summary>Begins to tell packets; false, when it is over. One at a time may.</summary>
    public bool TryBegin() => Interlocked.CompareExchange(ref state, Delivering, Idle) == Idle;

    /// <summary>Packets have been told; true, when the end is now to be told.</summary>
    public bool End()
    {
        if (Interlocked.CompareExchange(ref state, Idle, Delivering) == Delivering) return false;
        if (Interlocked.CompareExchange(ref state, DeliveredFirst, TellingEnding) == TellingEnding) return false;
        Volatile.Write(ref state, Over);
        return true;
    }

    /// <summary>
    /// It is over; called once. False, when the end is now to be told; true, when packets are being told: then the handler is to be told
    /// that it is ending, and <see cref="EndingTold"/> to be asked.
    /// </summary>
    public bool Finish()
    {
        while (true)
        {
            if (Interlocked.CompareExchange(ref state, Over, Idle) == Idle) return false;
            if (Interlocked.CompareExchange(ref state, TellingEnding, Delivering) == Delivering) return true;
        }
    }

    /// <summary>True, when the end is now to be told; false, when <see cref="End"/> will say so.</summary>
    public bool EndingTold()
    {
        if (Interlocked.CompareExchange(ref state, EndingToldFirst, TellingEnding) == TellingEnding) return false;
        Volatile.Write(ref state, Over);
        return true;
    }
}
