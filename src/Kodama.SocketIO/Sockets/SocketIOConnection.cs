using System.Runtime.InteropServices;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>
/// What lies on one Engine.IO session: the sockets of one client, one in each namespace that it has joined. Session to sockets: packets.
/// Sockets to session: what waits in their outboxes, in turn, so that one of them cannot keep the others waiting.
/// </summary>
internal sealed class SocketIOConnection : IEngineHandler
{
    private static readonly byte[] MainNamespace = "/"u8.ToArray();

    private readonly SocketIOServer server;
    private readonly PacketAssembler assembler;
    private readonly Lock gate = new();
    private volatile SocketPeer[] sockets = [];
    private volatile Arrival[] arrivals = [];
    private FlushBatch? batch;
    private volatile State state;

    // Sockets whose error handlers are still to hear of a malformed packet.
    private int untold;

    // What the connection itself answers: refusals of namespaces, pongs.
    private Outbox? answers;
    private Outbox? peeked;
    private int turn;
    private bool isBlocked;

    public SocketIOConnection(SocketIOServer server, EngineSession session)
    {
        this.server = server;
        Session = session;
        // Clients of Socket.IO 2 are told first.
        var parser = server.Options.Parser;
        if (parser == SocketIOParser.Any && SocketIO2.IsSpokenIn(session)) parser = SocketIOParser.Json;
        assembler = new PacketAssembler(server.Limits, parser, server.Unfinished, session.Handshake.RemoteAddress);
    }

    private enum State : byte
    {
        Open,

        /// <summary>It has sent nonsense: nothing more is taken, and it ends when the error handlers have been told.</summary>
        Failing,

        Ended,
    }

    public EngineSession Session { get; }

    /// <summary>How its packets are written: known once the client has said something.</summary>
    public PacketFormat Format => SocketIO2.IsSpokenIn(Session) ? PacketFormat.JsonV3
        : assembler.Parser == SocketIOParser.MessagePack ? PacketFormat.MessagePack
        : PacketFormat.Json;

    public bool HasJoined => sockets.Length > 0;

    /// <summary>Whether an acknowledgement is expected of any of its sockets.</summary>
    public bool IsAskedForAcks => Array.Exists(sockets, static socket => socket.PendingAcks > 0);

    /// <summary>Whether what comes counts no more.</summary>
    public bool IsDeaf => state != State.Open;

    /// <summary>Clients of Socket.IO 2 are in <c>/</c> from the beginning.</summary>
    public void Begin()
    {
        if (SocketIO2.IsSpokenIn(Session)) Connect(MainNamespace, default);
    }

    /// <summary>Ends all sockets for this reason, and the session after what waits.</summary>
    public void End(string reason)
    {
        EndSockets(reason);
        Session.Close(reason == DisconnectReason.ServerShuttingDown ? reason : DisconnectReason.ForcedClose);
    }

    /// <summary>Ends all sockets, and tells the client; then the session.</summary>
    public void Disconnect()
    {
        Array.ForEach(sockets, static socket => socket.End(DisconnectReason.ServerNamespaceDisconnect, tells: true));
        End(DisconnectReason.ServerNamespaceDisconnect);
    }

    /// <summary>Its time is over: it has come to no namespace, or its error handlers do not end.</summary>
    public void EndLate() => End(state == State.Failing ? DisconnectReason.ForcedClose : DisconnectReason.ForcedServerClose);

    /// <summary>An acknowledgement is expected: what lies before it is read, even if it has to wait for handlers.</summary>
    public void ReadOn() => Array.ForEach(sockets, static socket => socket.ReadOn());

    public ValueTask OnTextAsync(ReadOnlyMemory<byte> packet) =>
        // The buffer is the session's, which has no further use for it.
        TakeAsync(assembler.Read(MemoryMarshal.AsMemory(packet), out var whole), whole);

    public ValueTask OnBinaryAsync(ReadOnlyMemory<byte> bytes) => TakeAsync(assembler.ReadBinary(bytes, out var whole), whole);

    public void OnReadCompleted()
    {
        batch?.Dispose();
        batch = null;
    }

    public void OnEnding() => Array.ForEach(Leave(), static socket => socket.LetGo());

    public void OnClosed(string reason)
    {
        assembler.Drop();
        EndSockets(reason);
        server.Joined(this);
    }

    /// <summary>Handles a packet, unless it is for a namespace that the client is on its way into, by another way than this.</summary>
    public ValueTask DispatchAsync(in Packet packet, FlushBatch flush, Arrival? drained = null)
    {
        if (IsDeaf) return default;
        var name = NameOf(packet);
        foreach (var arrival in arrivals)
        {
            if (arrival == drained || !arrival.IsOf(name) || !arrival.TryAdd(packet, out var added)) continue;
            if (!added.IsCompleted) flush.Flush();
            return added;
        }
        var socket = Find(name);
        if (socket is not null && packet.Type is not (PacketType.Connect or PacketType.ConnectError))
            return socket.ReceiveAsync(packet, flush);
        flush.Flush();
        if (socket is not null || packet.Type != PacketType.Connect) End(DisconnectReason.ForcedServerClose);
        else if (SocketIO2.IsSpokenIn(Session)) Connect(name.ToArray(), SocketIO2.AuthOf(packet.Namespace.Span));
        else Connect(name.ToArray(), packet.Data.ToArray());
        return default;
    }

    /// <summary>The socket is one of them from now on; false, when it or all have ended.</summary>
    public bool TryAdd(SocketPeer socket, Arrival arrival)
    {
        lock (gate)
        {
            if (IsDeaf || socket.IsOver) return false;
            // What the hub has said to all meanwhile is not for who is told only now that it is connected.
            for (var outbox = socket.Peer!.Outbox; outbox.Peek() is { IsEmpty: false } early;) outbox.Advance(early.Length);
            arrival.HasSocket = true;
            sockets = [.. sockets, socket];
            return true;
        }
    }

    public void Forget(Arrival arrival)
    {
        lock (gate) arrivals = Array.FindAll(arrivals, a => a != arrival);
    }

    public void Refuse(ReadOnlyMemory<byte> name, string message, ReadOnlySpan<byte> data = default)
    {
        var packet = OutgoingPacket.ConnectError(name, ConnectJson.Refused(Session.Version, message, data));
        var frame = PacketFrame.Encode(packet, Format);
        if (Answers().TryEnqueue(frame, SlowPeerPolicy.Disconnect) == EnqueueResult.Full) End(DisconnectReason.ForcedServerClose);
        frame.Release();
        Session.Flush();
    }

    /// <summary>The error handlers of one more socket know of the malformed packet.</summary>
    public void FailureTold()
    {
        if (Interlocked.Decrement(ref untold) == 0) End(DisconnectReason.ForcedClose);
    }

    ReadOnlyMemory<byte> IFrameSource.Peek()
    {
        var waiting = sockets;
        if (answers is not null && TryPeek(answers, out var bytes)) return bytes;
        for (var i = 0; i < waiting.Length; i++)
        {
            var at = (turn + i) % waiting.Length;
            // Looked at first: what a socket says at its end is in its outbox before it is over.
            var isOver = waiting[at].IsOver;
            if (TryPeek(waiting[at].Peer!.Outbox, out bytes))
            {
                turn = at + 1;
                return bytes;
            }
            if (isOver) Forget(waiting[at]);
        }
        isBlocked = false;
        return default;
    }

    void IFrameSource.Advance(int count) => peeked?.Advance(count);

    void IFrameSource.Blocked()
    {
        // Of every socket: what comes for any of them waits.
        isBlocked = true;
        Array.ForEach(sockets, static socket => socket.Peer!.Outbox.Blocked());
    }

    bool IFrameSource.TryAppend(ReadOnlySpan<byte> frame) => Answers().TryAppend(frame);

    void IFrameSource.Complete()
    {
        answers?.Complete();
        Array.ForEach(sockets, static socket => socket.Peer!.Outbox.Complete());
    }

    void IFrameSource.Close()
    {
        answers?.Close();
        Array.ForEach(sockets, static socket => socket.Peer!.Outbox.Close());
    }

    private ValueTask TakeAsync(AssemblyResult result, in Packet packet)
    {
        if (IsDeaf || result == AssemblyResult.NeedMore) return default;
        if (result == AssemblyResult.Packet) return DispatchAsync(packet, batch ??= FlushBatch.Rent());
        OnReadCompleted();
        Fail(assembler.Error.Text());
        return default;
    }

    /// <summary>The client has sent nonsense: the error handlers hear of it, after what came before, and what they send still
    /// goes.</summary>
    private void Fail(string problem)
    {
        SocketIOLog.Malformed(server.Logger, problem);
        SocketPeer[] told;
        lock (gate)
        {
            if (IsDeaf) return;
            state = State.Failing;
            told = Array.FindAll(sockets, socket => socket is { HasCode: true, State: SocketState.Connected });
        }
        // One more, so that it does not end before all are to be told.
        untold = told.Length + 1;
        server.ExpectEnd(this);
        Array.ForEach(told, socket => socket.Handlers.QueueMalformed(new SocketIOException(problem)));
        FailureTold();
    }

    private void Connect(byte[] name, ReadOnlyMemory<byte> auth)
    {
        var most = server.Options.MaxNamespacesPerConnection;
        var arrival = new Arrival(server, this, name, auth);
        bool isOneTooMany;
        lock (gate)
        {
            if (IsDeaf) return;
            isOneTooMany = sockets.Length + arrivals.Count(static on => !on.HasSocket) >= most;
            if (!isOneTooMany) arrivals = [.. arrivals, arrival];
        }
        if (isOneTooMany) Refuse(name, $"A connection can be in {most} namespaces, and this one is.");
        else _ = arrival.RunAsync();
    }

    private ReadOnlySpan<byte> NameOf(in Packet packet) =>
        SocketIO2.IsSpokenIn(Session) ? SocketIO2.NameOf(packet.Namespace.Span) : packet.Namespace.Span;

    private SocketPeer? Find(ReadOnlySpan<byte> name)
    {
        foreach (var socket in sockets)
        {
            if (!socket.IsOver && name.SequenceEqual(socket.Space.NameBytes.Span)) return socket;
        }
        return null;
    }

    private void EndSockets(string reason) => Array.ForEach(Leave(), socket => socket.End(reason));

    /// <summary>No socket is added any more, and those on their way are let go; answers those that there are.</summary>
    private SocketPeer[] Leave()
    {
        lock (gate) state = State.Ended;
        Array.ForEach(arrivals, static arrival => arrival.Leave());
        return sockets;
    }

    private Outbox Answers()
    {
        lock (gate) return answers ??= new Outbox(server.Hub.Options.Outbox, server.Hub.OutboxBudget);
    }

    private bool TryPeek(Outbox outbox, out ReadOnlyMemory<byte> bytes)
    {
        bytes = outbox.Peek();
        if (bytes.IsEmpty) return false;
        peeked = outbox;
        if (isBlocked) outbox.Blocked();
        return true;
    }

    /// <summary>A socket that has ended, and has sent what it had to.</summary>
    private void Forget(SocketPeer socket)
    {
        lock (gate) sockets = Array.FindAll(sockets, s => s != socket);
        socket.Peer!.Outbox.Close();
    }
}
