using System.Text.Json;

namespace Kodama.SocketIO;

/// <summary>Connection state recovery of one namespace: its sockets end, may come back, and are sent what they missed.
/// Thread-safe.</summary>
internal sealed class NamespaceRecovery
{
    private readonly SocketIONamespace owner;
    private readonly RecoveryOptions options;
    private readonly AwaySessions away;
    private readonly int maxReplay;

    public NamespaceRecovery(SocketIONamespace owner, RecoveryOptions options, TimeSpan untilLossIsNoticed, AwaySessions away)
    {
        this.owner = owner;
        this.options = options;
        this.away = away;
        maxReplay = owner.Hub.Options.Outbox.MaxBytes / 2;
        var saved = owner.Server.Archive?.Take(owner.Name);
        Stream = new RecoveryStream(owner, options, untilLossIsNoticed, saved?.Log);
        foreach (var (session, left) in saved?.Sessions ?? []) away.TryAdd(owner, session, left);
    }

    public RecoveryStream Stream { get; }

    /// <summary>Whether one that is back is spared the middleware. After another process it is not: what that has made of it is not
    /// known.</summary>
    public bool SkipsMiddleware(RecoverySession back) => options.SkipMiddlewares && !back.IsRestored;

    /// <summary>The socket that a client says it was; null, if it cannot be that again.</summary>
    public RecoverySession? TryTake(HandshakeInfo handshake)
    {
        if (handshake.GetAuth("pid") is not { } pid || away.Take(pid, owner) is not { } session) return null;
        if (TryReadOffset(handshake, out var offset))
        {
            lock (Stream.Gate)
            {
                Stream.Trim_NeedsLock();
                var (trimmed, seen) = (Stream.Trimmed_NeedsLock, Math.Max(offset, session.Start));
                session.Seen = Math.Max(seen, trimmed);
                var isAll = seen <= Stream.Last_NeedsLock && session.Forgotten <= seen && trimmed <= session.End
                    && !session.MayHaveLost(seen, trimmed, Stream.Middle_NeedsLock);
                if (isAll) return session;
            }
        }
        session.IsOver = true;
        return null;
    }

    /// <summary>What a socket that is let in has missed; null, if that is not all there any more, or too much.</summary>
    public Replay? TryRead(RecoverySession session, PacketFormat format)
    {
        var replay = new Replay(Stream, session, format, maxReplay);
        return replay.TryRead() ? replay : null;
    }

    /// <summary>
    /// Tells a socket that it is connected, after what it has missed; from here on it gets what is handed out. False, if retention has
    /// overtaken it: it was told nothing.
    /// </summary>
    public bool TryGoLive(Peer peer, RecoverySession session, Replay? replay, in Frame connect)
    {
        using var missed = replay;
        while (replay is null || replay.TryRead())
        {
            replay?.Prepare();
            lock (Stream.Gate)
            {
                var isAll = replay is null ? true : replay.TryReadRest_NeedsLock();
                if (isAll is null) continue;
                if (isAll == false) return false;
                if (replay is null) session.Start = Stream.Last_NeedsLock;
                else replay.Hand_NeedsLock(peer.Outbox);
                peer.Outbox.TryEnqueue(connect, SlowPeerPolicy.Disconnect);
                Stream.Begin_NeedsLock(session, peer);
                return true;
            }
        }
        return false;
    }

    /// <summary>A connection of the socket has ended, and its peer has left the hub: it may come back from here on, if it may at
    /// all.</summary>
    public void Ended(
        RecoverySession session, Peer? peer, bool mayComeBack, IReadOnlyList<string> rooms, IDictionary<string, object?>? data)
    {
        Stream.Stop(session, peer);
        (session.Rooms, session.Data) = (rooms, data);
        if (!mayComeBack || !session.IsKnown || !away.TryAdd(owner, session, options.MaxDisconnectionDuration)) session.IsOver = true;
    }

    // One that never got an event offers none.
    private bool TryReadOffset(HandshakeInfo handshake, out long offset)
    {
        offset = 0;
        if (!handshake.Auth.TryGetProperty("offset", out var value) || value.ValueKind == JsonValueKind.Null) return true;
        return handshake.GetAuth("offset") is { } text && Stream.Offsets.TryRead(text, out offset);
    }
}
