namespace Kodama.SocketIO;

/// <summary>When a socket was in which rooms, in numbers of the namespace's events. Guarded by the lock of its group.</summary>
internal sealed class RoomHistory
{
    // Stays that have ended: every event that somebody may have missed is looked for in all of them.
    private const int MostPast = 64;

    private readonly List<Stay> stays = [];

    /// <summary>Stays are remembered that went on after this event: of earlier ones it cannot be told whom they were for. 0 for
    /// none.</summary>
    public long Forgotten { get; private set; }

    /// <summary>It is in the room for all events after this one.</summary>
    public void Join(string room, long last)
    {
        // A socket that is back has been there all the time.
        if (!stays.Exists(s => s.Room == room && s.To == long.MaxValue)) stays.Add(new Stay(room, last, long.MaxValue));
    }

    /// <summary>It is not in the room for events after this one; what ended before <paramref name="trimmed"/> is forgotten.</summary>
    public void Leave(string room, long last, long trimmed)
    {
        for (var i = stays.Count - 1; i >= 0; i--)
        {
            var stay = stays[i];
            if (stay.Room == room && stay.To == long.MaxValue) stays[i] = stay with { To = last };
            if (stays[i].To <= trimmed || stays[i].To == stays[i].From) stays.RemoveAt(i);
        }
        if (stays.Count(IsPast) <= MostPast) return;
        var oldest = stays.Where(IsPast).MinBy(stay => stay.To);
        stays.Remove(oldest);
        Forgotten = Math.Max(Forgotten, oldest.To);
    }

    public bool WasIn(string room, long number)
    {
        foreach (var stay in stays)
        {
            if (number > stay.From && number <= stay.To && stay.Room == room) return true;
        }
        return false;
    }

    private static bool IsPast(Stay stay) => stay.To != long.MaxValue;

    private readonly record struct Stay(string Room, long From, long To);
}
