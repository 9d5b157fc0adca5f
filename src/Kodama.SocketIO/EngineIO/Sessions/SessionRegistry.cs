using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Kodama.WebSockets;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO;

/// <summary>The sessions of a server that have not ended, and the one timer for all of them, which runs only while there are any.</summary>
internal sealed class SessionRegistry(EngineOptions options, TimeProvider time, ILogger logger)
{
    private const string TooMany = "TOO_MANY_SESSIONS";
    private const string TooManyOfAddress = "TOO_MANY_SESSIONS_OF_ADDRESS";

    private readonly ConcurrentDictionary<string, LiveSession> sessions = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly AddressBudget shares = new(long.MaxValue, options.SessionsPerAddress);

    // The oldest first. Who has joined is taken out when room is looked for.
    private readonly LinkedList<LiveSession> newcomers = [];
    private ITimer? timer;
    private volatile bool stopping;
    private int ticking;

    /// <summary>Those that are about to begin included.</summary>
    public int Count => (int)shares.Held;

    /// <summary>Of a clock that never goes back.</summary>
    public TimeSpan Now => time.GetElapsedTime(0);

    /// <summary>Makes room for one session, which <see cref="Remove"/> gives back. When all places are taken, the oldest session that has
    /// joined nothing gives up its own: opening one costs a client a request, and must not keep others out.</summary>
    /// <returns>Null, when it was made; else why not.</returns>
    public Refusal? Reserve(IPAddress? address)
    {
        LiveSession? idle;
        string? full;
        lock (gate) full = Reserve_NeedsLock(address, out idle);
        idle?.End(DisconnectReason.ForcedClose);
        if (full == TooMany) EngineLog.TooManySessions(logger, Count);
        else if (full == TooManyOfAddress) EngineLog.TooManySessionsOfAddress(logger, address, options.SessionsPerAddress);
        return full is null ? null : Refusal.Unavailable(full);
    }

    public void Add(LiveSession session)
    {
        lock (gate)
        {
            // It may have ended on the way here.
            if (session.HasEnded) return;
            sessions[session.Id] = session;
            session.Place = newcomers.AddLast(session);
        }
        if (stopping) session.Close(DisconnectReason.ServerShuttingDown);
    }

    public void Remove(LiveSession session)
    {
        lock (gate)
        {
            sessions.TryRemove(session.Id, out _);
            Unlist_NeedsLock(session);
            shares.Return(session.Handshake.RemoteAddress, 1);
            if (Count > 0) return;
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
        foreach (var (_, session) in sessions) session.Close(DisconnectReason.ServerShuttingDown);
    }

    private string? Reserve_NeedsLock(IPAddress? address, out LiveSession? idle)
    {
        idle = null;
        if (stopping) return "HUB_STOPPING";
        if (!shares.TryTake(address, 1)) return TooManyOfAddress;
        if (Count > options.MaxSessions && (idle = TakeOldestIdle_NeedsLock()) is null)
        {
            shares.Return(address, 1);
            return TooMany;
        }
        var tick = SessionHeartbeat.TickInterval(options);
        timer ??= time.CreateTimer(static registry => ((SessionRegistry)registry!).Tick(), this, tick, tick);
        return null;
    }

    private LiveSession? TakeOldestIdle_NeedsLock()
    {
        while (newcomers.First?.Value is { } session)
        {
            Unlist_NeedsLock(session);
            if (!session.Handler.HasJoined) return session;
        }
        return null;
    }

    private void Unlist_NeedsLock(LiveSession session)
    {
        if (session.Place is not { } place) return;
        newcomers.Remove(place);
        session.Place = null;
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
