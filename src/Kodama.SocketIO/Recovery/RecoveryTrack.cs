namespace Kodama.SocketIO;

/// <summary>What is known of one socket that may come back, through all of its connections. Guarded by the lock of its group.</summary>
/// <param name="id">The socket's id.</param>
/// <param name="pid">Its secret.</param>
internal sealed class RecoveryTrack(string id, string pid)
{
    private Peer? listener;
    private long earlier;
    private (long Generation, long Last)[]? delivered;

    public string Id => id;

    public string Pid => pid;

    /// <summary>The room of its own, which no client can name.</summary>
    public string OwnRoom { get; } = OwnRoomOf(id);

    public static string OwnRoomOf(string id) => "\u0001" + id;

    public RoomHistory History { get; } = new();

    /// <summary>The last event before it was told that it is connected: it has missed none up to here.</summary>
    public long Start { get; set; }

    /// <summary>The last event that a connection of its heard.</summary>
    public long End { get; private set; }

    /// <summary>Whether the client has been told its secret.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Whether this is the peer that gets what is published; before and between its connections the socket misses it.</summary>
    public bool IsHeardBy(Peer peer) => listener == peer;

    public void Begin(Peer peer)
    {
        listener = peer;
        IsKnown = true;
    }

    /// <summary>The peer hears no more. Does nothing if it is that of an earlier connection.</summary>
    public void Stop(Peer peer, long number)
    {
        if (listener != peer) return;
        listener = null;
        End = number;
    }

    /// <summary>It is sent an event that the log keeps in this segment.</summary>
    public void Delivered(long number, long generation)
    {
        delivered ??= new (long, long)[RecoveryLog.MaxSegments + 1];
        ref var slot = ref delivered[generation % delivered.Length];
        if (slot.Generation != generation)
        {
            earlier = Math.Max(earlier, slot.Last);
            slot = (generation, 0);
        }
        slot.Last = Math.Max(slot.Last, number);
    }

    /// <summary>The last event that it was sent before this segment.</summary>
    public long LastDeliveredBefore(long generation)
    {
        var last = earlier;
        foreach (var slot in delivered ?? [])
        {
            if (slot.Generation < generation) last = Math.Max(last, slot.Last);
        }
        return last;
    }
}
