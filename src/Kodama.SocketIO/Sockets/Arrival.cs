using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Kodama.SocketIO;

/// <summary>
/// A client on its way into a namespace: middleware, predicates and the rules of the hub are asked, which may take their time. The packets
/// that come for the namespace meanwhile wait here, in order; those for others do not. Thread-safe.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A CancellationTokenSource without timer and links has nothing to dispose of.")]
internal sealed class Arrival(SocketIOServer server, SocketIOConnection connection, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> auth)
{
    private readonly Lock gate = new();
    private readonly Queue<Packet> waiting = [];
    private long bytes;
    private TaskCompletionSource? freed;
    private bool isOver;

    // Cancelled when the client has gone, with the rules that are asked.
    private readonly CancellationTokenSource leaving = new();

    // What the rules let the client do in the namespace's own room, and whether it may read what was said while it was away.
    private RoomGrant entrance;
    private bool mayRecover;

    /// <summary>Whether its socket is among those of the connection.</summary>
    public bool HasSocket { get; set; }

    public bool IsOf(ReadOnlySpan<byte> other) => !Volatile.Read(ref isOver) && name.Span.SequenceEqual(other);

    /// <summary>Asks, lets in or refuses, and then hands over what has come meanwhile.</summary>
    public async Task RunAsync()
    {
        try
        {
            await LetInAsync().ConfigureAwait(false);
            using var batch = FlushBatch.Rent();
            while (TryTake(out var packet)) await connection.DispatchAsync(packet, batch, this).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            connection.End(DisconnectReason.TransportError);
            SocketIOLog.ArrivalFailed(server.Logger, Encoding.UTF8.GetString(name.Span), exception);
        }
        finally
        {
            connection.Forget(this);
        }
    }

    /// <summary>Has a packet of the client wait for its turn; false, when it is over. Whoever reads waits while there are too
    /// many.</summary>
    public bool TryAdd(in Packet packet, out ValueTask added)
    {
        lock (gate)
        {
            added = default;
            if (isOver) return false;
            if (leaving.IsCancellationRequested) return true;
            var owned = packet.ToOwned();
            waiting.Enqueue(owned);
            bytes += owned.Bytes;
            if (waiting.Count < server.Options.MaxPendingEvents && bytes < SocketHandlers.MaxBytes) return true;
            freed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            added = new ValueTask(freed.Task);
            return true;
        }
    }

    /// <summary>The connection has ended: the rules that are asked are let go, and whoever reads.</summary>
    public void Leave()
    {
        lock (gate)
        {
            // Whoever waits for it runs on a thread of its own.
            _ = leaving.CancelAsync();
            waiting.Clear();
            freed?.TrySetResult();
        }
    }

    private async ValueTask LetInAsync()
    {
        var handshake = new HandshakeInfo(connection.Session.Handshake, auth);
        if (await server.HoldAsync(Encoding.UTF8.GetString(name.Span), handshake).ConfigureAwait(false) is not { } space)
        {
            connection.Refuse(name, "Invalid namespace");
            return;
        }
        // It hears from here on, and goes on from where it was: of both this hub is to know as much as the one it comes from.
        if (space.Recovery is { } order) await order.CatchUpAsync().ConfigureAwait(false);
        var previous = SocketIO2.IsSpokenIn(connection.Session) || space.Recovery is not { } recovery
            ? null : await recovery.TryTakeAsync(handshake, connection.Format).ConfigureAwait(false);
        if (previous is not null && await TryLetInAsync(space, handshake, previous).ConfigureAwait(false)) return;
        // As if it could not be recovered: under another id, and by middleware that it may have been spared.
        await TryLetInAsync(space, handshake, previous: null).ConfigureAwait(false);
    }

    /// <summary>False, when it may not be who it was: it is to begin anew, in the namespace that is held for it.</summary>
    private async ValueTask<bool> TryLetInAsync(SocketIONamespace space, HandshakeInfo handshake, RecoverySession? previous)
    {
        var socket = new SocketPeer(space, connection, handshake, previous);
        Exception? refusal;
        try
        {
            refusal = await PassAsync(socket, previous).ConfigureAwait(false);
            if (refusal is null && previous is not null && !(mayRecover && space.Recovery!.TryCatchUp(previous)))
            {
                space.TryHold();
                socket.Abandon(DisconnectReason.ServerNamespaceDisconnect);
                return false;
            }
        }
        catch
        {
            socket.Abandon(DisconnectReason.TransportError);
            throw;
        }
        if (HasLeftMeanwhile(out var reason) || connection.IsDeaf)
        {
            // Who was recovered may be again.
            socket.Abandon(reason);
        }
        else if (refusal is not null)
        {
            socket.Abandon(DisconnectReason.ServerNamespaceDisconnect);
            connection.Refuse(name, refusal.Message, refusal is SocketIOException told ? told.DataJson(server.Json) : default);
        }
        else if (connection.TryAdd(socket, this))
        {
            server.Joined(connection);
            socket.Begin(entrance);
        }
        else
        {
            socket.Abandon(DisconnectReason.TransportClose);
        }
        return true;
    }

    /// <summary>Null, if the middleware and the hub let the socket in; else what the client is told.</summary>
    private async ValueTask<Exception?> PassAsync(SocketPeer socket, RecoverySession? previous)
    {
        var middlewares = socket.Space.Middlewares;
        if (middlewares.Length > 0 && (previous is null || !socket.Space.Recovery!.SkipsMiddleware(previous)))
        {
            // The program's code, which may block: not on the thread that reads.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            try
            {
                if (await MiddlewareChain.RunAsync(socket.Socket, middlewares).ConfigureAwait(false) is { } refusal) return refusal;
            }
            catch (SocketIOException refusal)
            {
                return refusal;
            }
            catch (Exception exception)
            {
                SocketIOLog.MiddlewareFailed(server.Logger, socket.Space.Name, exception);
                return new SocketIOException("The server failed to let this client in.");
            }
        }
        return await AdmitAsync(socket).ConfigureAwait(false);
    }

    /// <summary>Makes it a peer of the hub, and asks the rules of the rooms that its client comes to.</summary>
    /// <remarks>Rooms that the program's code had taken it to are the program's business.</remarks>
    private async ValueTask<SocketIOException?> AdmitAsync(SocketPeer socket)
    {
        var (space, request) = (socket.Space, connection.Session.Handshake);
        var description = new PeerDescription
        {
            Door = "socket.io",
            Encoder = space.Encoders.For(connection.Format, connection.Session.TakesDeflated),
            Details = SocketDetails.Of(request),
            Principal = request.Principal,
            RemoteAddress = request.RemoteAddress,
            // What it says is its own through all of its connections.
            Session = socket.Recovery?.Id,
        };
        var admission = await space.Hub.AdmitAsync(description, socket, leaving.Token).ConfigureAwait(false);
        socket.Peer = admission.Peer;
        if (!admission.IsAccepted) return new SocketIOException(admission.Refusal.Text);
        var own = space.HubRooms.Default;
        entrance = await space.Hub.AskAsync(socket.Peer!, own, leaving.Token).ConfigureAwait(false);
        if (!entrance.Has(RoomRights.Read)) return new SocketIOException($"The rules of room {own} do not let this client in.");
        mayRecover = entrance.Has(RoomRights.History);
        if (socket.HasCode) return null;
        foreach (var room in socket.Rooms)
        {
            var hubRoom = space.HubRooms.Of(room);
            var grant = await space.Hub.AskAsync(socket.Peer!, hubRoom, leaving.Token).ConfigureAwait(false);
            mayRecover &= !grant.Has(RoomRights.Read) || grant.Has(RoomRights.History);
            socket.TryLeave(room);
            if (grant.Has(RoomRights.Read)) socket.TryJoin(room, hubRoom, grant);
            else if (socket.Recovery is not null) space.Recovery!.Leave(socket.Recovery, hubRoom, isBarred: true);
        }
        return null;
    }

    /// <summary>Whether the client has gone, or the first that it has said since is that it leaves.</summary>
    private bool HasLeftMeanwhile(out string reason)
    {
        lock (gate)
        {
            reason = DisconnectReason.TransportClose;
            if (leaving.IsCancellationRequested) return true;
            if (!waiting.TryPeek(out var first) || first.Type != PacketType.Disconnect) return false;
            waiting.Dequeue();
            reason = DisconnectReason.ClientNamespaceDisconnect;
            return true;
        }
    }

    private bool TryTake(out Packet packet)
    {
        lock (gate)
        {
            if (waiting.TryDequeue(out packet))
            {
                bytes -= packet.Bytes;
                return true;
            }
            isOver = true;
            freed?.TrySetResult();
            return false;
        }
    }
}
