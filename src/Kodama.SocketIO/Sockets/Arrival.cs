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
    private CancellationTokenSource? admitting;
    private bool hasLeft;
    private bool isOver;

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
            SocketIOLog.ArrivalFailed(server.Logger, Encoding.UTF8.GetString(name.Span), exception);
            connection.End(DisconnectReason.TransportError);
        }
        connection.Forget(this);
    }

    /// <summary>Has a packet of the client wait for its turn; false, when it is over. Whoever reads waits while there are too
    /// many.</summary>
    public bool TryAdd(in Packet packet, out ValueTask added)
    {
        lock (gate)
        {
            added = default;
            if (isOver) return false;
            if (hasLeft) return true;
            var owned = packet.ToOwned();
            waiting.Enqueue(owned);
            bytes += owned.Bytes;
            if (waiting.Count < server.Options.MaxPendingEvents && bytes < EventQueue.MaxBytes) return true;
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
            hasLeft = true;
            // Whoever waits for it runs on a thread of its own.
            _ = admitting?.CancelAsync();
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
        var previous = SocketIO2.IsSpokenIn(connection.Session) ? null : space.Recovery?.TryTake(handshake);
        var socket = new SocketPeer(space, connection, handshake, previous);
        var refusal = await PassAsync(socket, previous).ConfigureAwait(false);
        var missed = refusal is null && previous is not null ? space.Recovery!.TryRead(previous, connection.Format) : null;
        if (refusal is null && (socket.MustBeginAnew || (previous is not null && missed is null)))
        {
            // As if it could not be recovered: under another id, and by middleware that it may have been spared.
            space.TryHold();
            socket.Abandon(DisconnectReason.ServerNamespaceDisconnect);
            missed = null;
            socket = new SocketPeer(space, connection, handshake, previous: null);
            refusal = await PassAsync(socket, previous: null).ConfigureAwait(false);
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
        else if (connection.TryAdd(socket))
        {
            server.Joined(connection);
            socket.Begin(missed);
        }
        else
        {
            socket.Abandon(DisconnectReason.TransportClose);
        }
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
        return await socket.AdmitAsync(BeginAdmission()).ConfigureAwait(false);
    }

    /// <summary>A token that is cancelled when the client leaves.</summary>
    private CancellationToken BeginAdmission()
    {
        lock (gate)
        {
            admitting = new CancellationTokenSource();
            if (hasLeft) admitting.Cancel();
            return admitting.Token;
        }
    }

    /// <summary>Whether the client has gone, or the first that it has said since is that it leaves.</summary>
    private bool HasLeftMeanwhile(out string reason)
    {
        lock (gate)
        {
            reason = DisconnectReason.TransportClose;
            if (hasLeft) return true;
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
