using System.Buffers;
using System.Globalization;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>
/// <c>/ws</c> and <c>/ws/{room}</c>: from the HTTP request to a peer in a room (docs/specs/websocket.md). Where the transport allows it, the
/// socket is taken out of Kestrel and the request ends at once; else the request lasts as long as the connection.
/// </summary>
internal sealed class WebSocketEndpoint(WebSocketDoor door, RequestGuard guard, KodamaOptions options)
{
    /// <summary>The default room's, under the hub's prefix.</summary>
    public const string Path = "/ws";

    // For clients that read headers: no need to wait and see whether a close frame follows.
    private const string RefusedHeader = "Kodama-Refused";

    public async Task HandleAsync(HttpContext context)
    {
        if (!await guard.AllowsHandshakeAsync(context)) return;
        if (UpgradeRequest.TryRead(context, out var upgrade) is { } failure)
        {
            if (failure.StatusCode == StatusCodes.Status426UpgradeRequired) context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers.SecWebSocketVersion = Handshake.Version;
            await RefuseAsync(context, "handshake", failure);
            return;
        }
        var room = RequestedRoom.OfPath(context) ?? options.DefaultRoom;
        if (RequestedRoom.IsInvalid(room, out var invalid))
        {
            await RefuseAsync(context, "room", invalid);
            return;
        }
        if (!PeerDetails.TryRead(context.Request, out var details, out var error))
        {
            await RefuseAsync(context, "details", new("INVALID_DETAILS", error, 400));
            return;
        }
        if (door.Hub.IsStopping)
        {
            await RefuseAsync(context, "stopping", new("HUB_STOPPING", "The hub is stopping; try again later.", 503));
            return;
        }
        if (await guard.AuthenticateAsync(context) is not { } authenticated) return;

        using var activity = KodamaActivity.Source.StartActivity("kodama.connect");
        activity?.SetTag("kodama.room", room);
        var encoder = door.Encoder(compressed: upgrade.TryAcceptDeflate(door.Deflate, out var deflate));
        var client = AuthenticatedClient.Describe(context, authenticated, details, WebSocketDoor.Name, encoder);
        await EnterAsync(context, upgrade, deflate, client, room);
    }

    private async Task EnterAsync(HttpContext context, UpgradeRequest upgrade, DeflateParameters? deflate, PeerDescription client, string room)
    {
        var detach = upgrade.IsHttp11 && context.Features.Get<IDetachFeature>() is { CanDetach: true } feature ? feature : null;
        if (detach is null)
        {
            await EnterOverStreamAsync(context, upgrade, deflate, client, room);
            return;
        }
        var peer = door.Add(detach.Duplex, deflate, ended: null);
        try
        {
            await AdmitAsync(context, peer, client, room);
            var stream = await upgrade.AcceptAsync();
            await detach.StopReadingAsync();
            await peer.Connection.ReceiveEarlyAsync(await ReadToEndAsync(stream));
        }
        catch
        {
            peer.Connection.EndUnstarted();
            throw;
        }
        detach.Detach(peer.Connection);
    }

    private async Task EnterOverStreamAsync(HttpContext context, UpgradeRequest upgrade, DeflateParameters? deflate, PeerDescription client, string room)
    {
        var duplex = new StreamDuplex(waitsOnEmptyRead: true);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var peer = door.Add(duplex, deflate, ended);
        try
        {
            await AdmitAsync(context, peer, client, room);
            duplex.Attach(await upgrade.AcceptAsync());
        }
        catch
        {
            peer.Connection.EndUnstarted();
            throw;
        }
        // What is written after the client has gone goes nowhere, and no error tells.
        using var gone = context.RequestAborted.Register(() => peer.Connection.Abort("The connection was lost."));
        peer.Connection.Start();
        await ended.Task;
        // Else the server would wait until a client that has not said goodbye has taken what was sent to it.
        if (!peer.Connection.IsClosedCleanly) context.Abort();
    }

    /// <summary>
    /// Takes the client into the hub and the room, or begins to close it with the reason. Before the handshake is answered, so that a client that
    /// is told "open" misses nothing from then on; what it is to hear waits in the connection until that starts.
    /// </summary>
    private async ValueTask AdmitAsync(HttpContext context, WebSocketPeer connection, PeerDescription client, string room)
    {
        var admission = await door.Hub.AdmitAsync(client, connection, context.RequestAborted);
        if (!admission.IsAccepted)
        {
            door.Metrics.Refused("validation");
            context.Response.Headers[RefusedHeader] = admission.Refusal.Code.ToString(CultureInfo.InvariantCulture);
            connection.Connection.Close(admission.Refusal.Code, admission.Refusal.Text);
            return;
        }
        connection.Enter(admission.Peer);
        ServerLog.PeerConnected(door.Logger, admission.Peer.Id, client.Door, client.RemoteAddress);
        door.Hub.Join(admission.Peer, room);
    }

    private Task RefuseAsync(HttpContext context, string stage, HttpError error)
    {
        door.Metrics.Refused(stage);
        return HttpError.WriteAsync(context, error.StatusCode, error.Code, error.Message);
    }

    // What a client sends without waiting for the answer to its handshake. Bounded by the transport's pipe.
    private static async ValueTask<ReadOnlyMemory<byte>> ReadToEndAsync(Stream stream)
    {
        ArrayBufferWriter<byte>? early = null;
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            while (await stream.ReadAsync(buffer) is > 0 and var count)
            {
                early ??= new ArrayBufferWriter<byte>();
                early.Write(buffer.AsSpan(0, count));
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client is gone already: the connection finds that out by itself, and tells.
        }
        ArrayPool<byte>.Shared.Return(buffer);
        return early?.WrittenMemory ?? default;
    }
}
