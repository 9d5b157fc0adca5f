using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace Kodama.SocketIO;

/// <summary>
/// What lies on one Engine.IO session: the sockets of one client, one in each namespace that it has joined. Session to sockets: packets.
/// Sockets to session: what waits in their outboxes, in turn, so that one of them cannot keep the others waiting.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A CancellationTokenSource without timer and links has nothing to dispose of.")]
internal sealed partial class SocketIOConnection : IEngineHandler
{
    private readonly SocketIOServer server;
    private readonly PacketAssembler assembler;
    private readonly Lock gate = new();
    private SocketIOSocket[] sockets = [];
    private FlushBatch? batch;
    private CancellationTokenSource? admitting;
    private bool isEnded;

    // The CONNECT that a client of Socket.IO 2 does not send.
    private Task begun = Task.CompletedTask;

    public SocketIOConnection(SocketIOServer server, EngineSession session)
    {
        this.server = server;
        Session = session;
        assembler = new PacketAssembler(server.Limits, server.Unfinished, session.Handshake.RemoteAddress);
    }

    public EngineSession Session { get; }

    public bool HasJoined => Volatile.Read(ref sockets).Length > 0;

    /// <summary>Whether an acknowledgement is expected of any of its sockets.</summary>
    public bool IsAskedForAcks => Array.Exists(Volatile.Read(ref sockets), socket => socket.ExpectsAcks);

    private bool IsEnded => Volatile.Read(ref isEnded);

    /// <summary>Clients of Socket.IO 2 are in <c>/</c> from the beginning.</summary>
    public void Begin()
    {
        if (Session.Version == EngineVersion.V3) begun = ConnectAsync("/", default).AsTask();
    }

    /// <summary>Ends all sockets for this reason, and the session after what waits.</summary>
    public void End(string reason)
    {
        EndSockets(reason);
        Session.Close(reason == DisconnectReason.ServerShuttingDown ? EngineCloseReason.ServerShuttingDown : EngineCloseReason.ForcedClose);
    }

    /// <summary>Ends all sockets, and tells the client; then the session.</summary>
    public void Disconnect()
    {
        foreach (var socket in Volatile.Read(ref sockets)) socket.End(DisconnectReason.ServerNamespaceDisconnect, tells: true);
        End(DisconnectReason.ServerNamespaceDisconnect);
    }

    /// <summary>An acknowledgement is expected: what lies before it is read, even if it has to wait for handlers.</summary>
    public void ReadOn()
    {
        foreach (var socket in Volatile.Read(ref sockets)) socket.ReadOn();
    }

    public ValueTask OnTextAsync(ReadOnlyMemory<byte> packet) =>
        // The buffer is the session's, which has no further use for it.
        DispatchAsync(assembler.Read(MemoryMarshal.AsMemory(packet), out var whole), whole);

    public ValueTask OnBinaryAsync(ReadOnlyMemory<byte> bytes) => DispatchAsync(assembler.ReadBinary(bytes, out var whole), whole);

    public void OnReadCompleted()
    {
        batch?.Dispose();
        batch = null;
    }

    public void OnEnding()
    {
        foreach (var socket in Leave()) socket.LetGo();
    }

    public void OnClosed(EngineCloseReason reason)
    {
        assembler.Drop();
        EndSockets(reason.Text());
        server.Joined(this);
    }

    private ValueTask DispatchAsync(AssemblyResult result, in Packet packet)
    {
        if (IsEnded || result == AssemblyResult.NeedMore) return default;
        if (result == AssemblyResult.Error) return Fail(assembler.Error);
        return begun.IsCompleted ? Dispatch(packet) : DispatchWhenBegunAsync(packet);
    }

    // What comes behind a CONNECT waits for its middleware: also behind one that was not sent.
    private async ValueTask DispatchWhenBegunAsync(Packet packet)
    {
        OnReadCompleted();
        await begun.ConfigureAwait(false);
        if (!IsEnded) await Dispatch(packet).ConfigureAwait(false);
    }

    private ValueTask Dispatch(in Packet packet)
    {
        var socket = Find(NameOf(packet));
        if (socket is null)
        {
            if (packet.Type == PacketType.Connect) return BeginConnectAsync(packet);
        }
        else if (packet.Type is not (PacketType.Connect or PacketType.ConnectError))
        {
            batch ??= FlushBatch.Rent();
            return socket.ReceiveAsync(packet, batch);
        }
        OnReadCompleted();
        End(DisconnectReason.ForcedServerClose);
        return default;
    }

    private ValueTask Fail(PacketError error)
    {
        OnReadCompleted();
        SocketIOLog.Malformed(server.Logger, error.Text());
        foreach (var socket in sockets) socket.ReportMalformed(error.Text());
        End(DisconnectReason.ForcedClose);
        return default;
    }

    private ReadOnlySpan<byte> NameOf(in Packet packet)
    {
        var name = packet.Namespace.Span;
        // Clients of Socket.IO 2 put their query there.
        var query = Session.Version == EngineVersion.V3 ? name.IndexOf((byte)'?') : -1;
        return query < 0 ? name : name[..query];
    }

    private SocketIOSocket? Find(ReadOnlySpan<byte> name)
    {
        foreach (var socket in Volatile.Read(ref sockets))
        {
            if (!socket.IsOver && name.SequenceEqual(socket.Namespace.NameBytes.Span)) return socket;
        }
        return null;
    }

    private void EndSockets(string reason)
    {
        foreach (var socket in Leave()) socket.End(reason);
    }

    /// <summary>No socket is added any more, and the rules that are asked for one are let go; answers those that there are.</summary>
    private SocketIOSocket[] Leave()
    {
        lock (gate)
        {
            Volatile.Write(ref isEnded, true);
            // Whoever waits for it runs on a thread of its own.
            _ = admitting?.CancelAsync();
            return sockets;
        }
    }

    private ValueTask BeginConnectAsync(in Packet packet)
    {
        // A client of Socket.IO 2 puts in the name's query what later ones send as payload.
        var auth = Session.Version == EngineVersion.V3
            ? V3Auth.ToJson(Encoding.UTF8.GetString(packet.Namespace.Span))
            : packet.Data.ToArray();
        // Whoever reads waits: what comes behind finds the socket connected.
        OnReadCompleted();
        return ConnectAsync(Encoding.UTF8.GetString(NameOf(packet)), auth);
    }
}
