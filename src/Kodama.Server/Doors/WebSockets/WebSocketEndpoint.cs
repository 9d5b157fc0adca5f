using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Server;

/// <summary><c>/ws</c> and <c>/ws/{room}</c>: from the HTTP request to a peer in a room (docs/specs/websocket.md).</summary>
internal sealed class WebSocketEndpoint(WebSocketDoor door, HandOver handOver, RequestGuard guard, KodamaOptions options) : IDoor
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
        upgrade.TryAcceptDeflate(door.Deflate, out var deflate);
        var client = AuthenticatedClient.Describe(context, authenticated, details, WebSocketDoor.Name, door.Encoder(deflate));
        var peer = new WebSocketPeer(door, deflate, client.RemoteAddress);
        await handOver.RunAsync(context, upgrade, peer.Connect, cancellationToken => AdmitAsync(context, peer, client, room, cancellationToken));
    }

    /// <summary>
    /// Takes the client into the hub and the room, or begins to close it with the reason. Before the handshake is answered, so that a client that
    /// is told "open" misses nothing from then on; what it is to hear waits in the connection until that starts.
    /// </summary>
    private async ValueTask AdmitAsync(HttpContext context, WebSocketPeer peer, PeerDescription client, string room, CancellationToken cancellationToken)
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
        var request = new JoinRequest { Room = room, Token = RequestedRoom.TokenOf(context.Request) };
        if ((await door.Hub.JoinAsync(admission.Peer, request, cancellationToken)).Result != JoinResult.Refused) return;
        admission.Peer.Disconnect(CloseReason.Refused with { Text = "The rules of the room do not let this client in." });
    }

    private Task RefuseAsync(HttpContext context, string stage, HttpError error)
    {
        door.Metrics.Refused(stage);
        return HttpError.WriteAsync(context, error.StatusCode, error.Code, error.Message);
    }
}
