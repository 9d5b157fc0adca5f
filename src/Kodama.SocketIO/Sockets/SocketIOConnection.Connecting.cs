using System.Text;

namespace Kodama.SocketIO;

internal sealed partial class SocketIOConnection
{
    /// <summary>Takes the client into a namespace, or tells it why not.</summary>
    private async ValueTask ConnectAsync(string name, ReadOnlyMemory<byte> auth)
    {
        var handshake = new HandshakeInfo(Session.Handshake, auth);
        if (await server.HoldAsync(name, handshake).ConfigureAwait(false) is not { } space)
        {
            Refuse(name, "Invalid namespace");
            return;
        }
        if (Volatile.Read(ref sockets).Length >= server.Options.MaxNamespacesPerConnection)
        {
            space.Release();
            Refuse(name, $"A connection can be in {server.Options.MaxNamespacesPerConnection} namespaces, and this one is.");
            return;
        }
        var previous = Session.Version == EngineVersion.V4 ? space.Recovery?.TryTake(handshake) : null;
        var socket = new SocketIOSocket(space, this, handshake, previous);
        var refusal = await PassAsync(socket, previous).ConfigureAwait(false);
        if (refusal is null && socket.MustBeginAnew)
        {
            // As if it could not be recovered: under another id, and by middleware that it may have been spared.
            space.TryHold();
            socket.Abandon(DisconnectReason.ServerNamespaceDisconnect);
            previous = null;
            socket = new SocketIOSocket(space, this, handshake, previous);
            refusal = await PassAsync(socket, previous).ConfigureAwait(false);
        }
        if (refusal is not null && !IsEnded)
        {
            socket.Abandon(DisconnectReason.ServerNamespaceDisconnect);
            Refuse(name, refusal.Message, refusal is SocketIOException told ? told.DataJson(server.Json) : default);
            return;
        }
        if (refusal is not null || !TryAdd(socket))
        {
            // The client has gone meanwhile; who was recovered may be again.
            socket.Abandon(DisconnectReason.TransportClose);
            return;
        }
        server.Joined(this);
        socket.Begin(previous);
    }

    /// <summary>Null, if the middleware and the hub let the socket in; else what the client is told.</summary>
    private async ValueTask<Exception?> PassAsync(SocketIOSocket socket, WaitingSession? previous)
    {
        var space = socket.Namespace;
        if (previous is null || !space.Recovery!.SkipsMiddleware)
        {
            try
            {
                if (await MiddlewareChain.RunAsync(socket, space.Middlewares).ConfigureAwait(false) is { } refusal) return refusal;
            }
            catch (SocketIOException refusal)
            {
                return refusal;
            }
            catch (Exception exception)
            {
                SocketIOLog.MiddlewareFailed(server.Logger, space.Name, exception);
                return new SocketIOException("The server failed to let this client in.");
            }
        }
        try
        {
            return await socket.AdmitAsync(BeginAdmission()).ConfigureAwait(false);
        }
        finally
        {
            lock (gate) admitting = null;
        }
    }

    /// <summary>A token that is cancelled when the client leaves.</summary>
    private CancellationToken BeginAdmission()
    {
        lock (gate)
        {
            admitting = new CancellationTokenSource();
            if (isEnded) admitting.Cancel();
            return admitting.Token;
        }
    }

    private bool TryAdd(SocketIOSocket socket)
    {
        lock (gate)
        {
            if (isEnded || socket.IsOver) return false;
            Volatile.Write(ref sockets, [.. sockets, socket]);
            return true;
        }
    }

    private void Refuse(string name, string message, ReadOnlySpan<byte> data = default)
    {
        var packet = OutgoingPacket.ConnectError(Encoding.UTF8.GetBytes(name), ConnectJson.Refused(Session.Version, message, data));
        var frame = PacketFrame.Encode(packet, NamespaceEncoders.FormatOf(Session.Version));
        if (Answers().TryEnqueue(frame, SlowPeerPolicy.Disconnect) == EnqueueResult.Full) End(DisconnectReason.ForcedServerClose);
        frame.Release();
        Session.Flush();
    }
}
