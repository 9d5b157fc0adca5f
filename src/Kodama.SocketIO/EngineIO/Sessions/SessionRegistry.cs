using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Kodama.SocketIO;

/// <summary>The sessions of a server that have not ended, and the one timer for all of them, which runs only while there are any.</summary>
internal sealed class SessionRegistry(int maxSessions, SessionTimes times, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, LiveSession> sessions = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private ITimer? timer;
    private int count;
    private bool stopping;
    private int ticking;

    /// <summary>Those that are about to begin included.</summary>
    public int Count => Volatile.Read(ref count);

    public bool IsStopping => Volatile.Read(ref stopping);

    /// <summary>Milliseconds of a clock that never goes back.</summary>
    public long Now => (long)time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>Makes room for one session, which <see cref="Remove"/> gives back; false when there are too many, or the server stops.</summary>
    public bool TryReserve()
    {
        lock (gate)
        {
            if (stopping || count >= maxSessions) return false;
            if (count++ > 0) return true;
            var tick = TimeSpan.FromMilliseconds(times.Tick);
            timer = time.CreateTimer(static registry => ((SessionRegistry)registry!).Tick(), this, tick, tick);
            return true;
        }
    }

    /// <summary>Adds a session for which room was made.</summary>
    public void Add(LiveSession session)
    {
        sessions[session.Id] = session;
        // It may have begun to end on the way here, or the server to stop.
        if (session.HasEnded) sessions.TryRemove(session.Id, out _);
        else if (IsStopping) session.Close(EngineCloseReason.ServerShuttingDown);
    }

    public void Remove(LiveSession session)
    {
        sessions.TryRemove(session.Id, out _);
        lock (gate)
        {
            if (--count > 0) return;
            timer?.Dispose();
            timer = null;
        }
    }

    /// <summary>The session of this id, if it has not ended, nor should have by now.</summary>
    public bool TryFind(string sid, [NotNullWhen(true)] out LiveSession? session)
    {
        if (!sessions.TryGetValue(sid, out session)) return false;
        session.Tick(Now);
        return !session.HasEnded;
    }

    /// <summary>Closes all, and takes no more.</summary>
    public void Stop()
    {
        lock (gate) stopping = true;
        foreach (var (_, session) in sessions) session.Close(EngineCloseReason.ServerShuttingDown);
    }

    private void Tick()
    {
        // A timer's calls may overlap when one takes long.
        if (Interlocked.Exchange(ref ticking, 1) == 1) return;
        var now = Now;
        foreach (var (_, session) in sessions) session.Tick(now);
        Volatile.Write(ref ticking, 0);
    }
}
