using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Server;

/// <summary><c>/ws</c> and <c>/ws/{room}</c>: from the HTTP request to a peer in a room (docs/specs/websocket.md).</summary>
internal sealed class WebSocketEndpoint(WebSocketDoor door, V1Door v1, HandOver handOver, RequestGuard guard, KodamaOptions options) : IDoor
{
    /// <summary>The default room's, under the hub's prefix.</summary>
    public const string Path = "/ws";

    // For clients that read headers: no need to wait and see whether a close frame follows.
    internal const string RefusedHeader = "Kodama-Refused";

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.Map(Path, HandleAsync);
        endpoints.Map($"{Path}/{{{RequestedRoom.Parameter}}}", HandleAsync);
    }

    public async Task HandleAsync(HttpContext context)
    {
        if (!await guard.AllowsHandshakeAsync(context)) return;
        if (UpgradeRequest.TryRead(context, out var upgrade) is { } failure)
        {
            UpgradeRequest.TellWhatIsSpoken(context.Response, failure);
            await RefuseAsync(context, "handshake", failure);
            return;
        }
        var isV1 = V1Door.TryChoose(upgrade);
        if (isV1 && RequestedRoom.OfPath(context) is { } named)
        {
            var text = $"{V1Door.Subprotocol} joins rooms by request: connect to {Path}, and join {named} there.";
            await RefuseAsync(context, "room", new("INVALID_ROOM", text, 400));
            return;
        }
        var room = RequestedRoom.OfPath(context) ?? options.DefaultRoom;
        if (RequestedRoom.IsInvalid(room, out var invalid))
        {
            await RefuseAsync(context, "room", invalid);
            return;
        }
        if (!RawParameters.TryRead(context.Request, out var parameters, out var error)
            || !PeerDetails.TryRead(context.Request, out var details, out error, RawParameters.Names))
        {
            await RefuseAsync(context, "details", error);
            return;
        }
        if (door.Hub.IsStopping)
        {
            await RefuseAsync(context, "stopping", HttpError.Stopping);
            return;
        }
        if (await guard.AuthenticateAsync(context) is not { } authenticated) return;

        using var activity = KodamaActivity.Source.StartActivity("kodama.connect");
        if (isV1)
        {
            var known = AuthenticatedClient.Describe(context, authenticated, details, V1Door.Subprotocol, v1.Encoder);
            if (await v1.RunAsync(context, upgrade, known) is { } busy) await RefuseAsync(context, "full", busy);
            return;
        }
        activity?.SetTag("kodama.room", room);
        upgrade.TryAcceptDeflate(door.Deflate, out var deflate);
        var client = AuthenticatedClient.Describe(context, authenticated, details, WebSocketDoor.Name, door.Encoder(deflate));
        var peer = new WebSocketPeer(door, deflate, client.RemoteAddress, parameters.SendsEvents);
        var join = new JoinRequest { Room = room, Start = parameters.Start, Token = RequestedRoom.TokenOf(context.Request) };
        await handOver.RunAsync(
            context, upgrade, peer.Connect, cancellationToken => AdmitAsync(context, peer, client, join, cancellationToken));
    }

    /// <summary>
    /// Takes the client into the hub and the room, or begins to close it with the reason. Before the handshake is answered, so that a client that
    /// is told "open" misses nothing from then on; what it is to hear waits in the connection until that starts.
    /// </summary>
    private async ValueTask AdmitAsync(
        HttpContext context, WebSocketPeer peer, PeerDescription client, JoinRequest join, CancellationToken cancellationToken)
    {
        var admission = await door.Hub.AdmitAsync(client, peer, cancellationToken);
        if (!admission.IsAccepted)
        {
            door.Metrics.Refused("validation");
            context.Response.Headers[RefusedHeader] = admission.Refusal.Code.ToString(CultureInfo.InvariantCulture);
            peer.Connection.Close(admission.Refusal.Code, admission.Refusal.Text);
            return;
        }
        peer.Enter(admission.Peer);
        ServerLog.PeerConnected(door.Logger, admission.Peer.Id, client.Door, client.RemoteAddress);
        if (await JoinAsync(admission.Peer, join, cancellationToken) is { } refusal) admission.Peer.Disconnect(refusal);
    }

    private async ValueTask<CloseReason?> JoinAsync(Peer peer, JoinRequest join, CancellationToken cancellationToken)
    {
        var joined = await door.Hub.JoinAsync(peer, join, cancellationToken);
        return joined.Result switch
        {
            JoinResult.Refused => CloseReason.Refused with { Text = "The rules of the room do not let this client in." },
            JoinResult.HubFull => CloseReason.Refused with { Text = "The hub has as many rooms as it may: join one that there is." },
            JoinResult.Unavailable => CloseReason.RoomUnavailable,
            _ => null,
        };
    }

    private Task RefuseAsync(HttpContext context, string stage, HttpError error)
    {
        door.Metrics.Refused(stage);
        return HttpError.WriteAsync(context, error.StatusCode, error.Code, error.Message);
    }
}
