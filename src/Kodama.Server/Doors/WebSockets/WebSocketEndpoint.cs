using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Server;

/// <summary><c>/ws</c> and <c>/ws/{room}</c>: from the HTTP request to a peer in a room (docs/specs/websocket.md).</summary>
internal sealed class WebSocketEndpoint(DoorKit kit, WebSocketDoor door, V1Door v1, HubNeighbours neighbours, KodamaOptions options) : IDoor
{
    /// <summary>The default room's, under the hub's prefix.</summary>
    public const string Path = "/ws";

    // For clients that read headers: where the other hubs of a cluster are, each by its addresses.
    private const string HubsHeader = "Kodama-Hubs";

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.Map(Path, HandleAsync);
        endpoints.Map($"{Path}/{{{RequestedRoom.Parameter}}}", HandleAsync);
    }

    public async Task HandleAsync(HttpContext context)
    {
        if (await kit.ReadHandshakeAsync(context) is not { } upgrade) return;
        var isV1 = V1Door.TryChoose(upgrade);
        if (isV1 && RequestedRoom.OfPath(context) is { } named)
        {
            var text = $"{V1Door.Subprotocol} joins rooms by request: connect to {Path}, and join {named} there.";
            await kit.RefuseAsync(context, "room", new("INVALID_ROOM", text, StatusCodes.Status400BadRequest));
            return;
        }
        var room = RequestedRoom.OfPath(context) ?? options.DefaultRoom;
        if (RequestedRoom.IsInvalid(room, out var invalid))
        {
            await kit.RefuseAsync(context, "room", invalid);
            return;
        }
        if (!RawParameters.TryRead(context.Request, out var parameters, out var error))
        {
            await kit.RefuseAsync(context, "details", error);
            return;
        }
        if (isV1)
        {
            if (await kit.DescribeAsync(context, V1Door.Subprotocol, v1.Encoder, RawParameters.Names) is { } known)
                await v1.RunAsync(context, upgrade, known);
            return;
        }
        upgrade.TryAcceptDeflate(door.Deflate, out var deflate);
        if (await kit.DescribeAsync(context, WebSocketDoor.Name, door.Encoder(deflate), RawParameters.Names) is not { } client) return;
        if (neighbours.Others is { Count: > 0 } others)
            context.Response.Headers[HubsHeader] = string.Join(", ", others.Select(static hub => string.Join(' ', hub)));
        var join = new JoinRequest { Room = room, Start = parameters.Start, Token = RequestedRoom.TokenOf(context.Request) };
        await kit.RunAsync(context, upgrade, client, new WebSocketPeer(join, parameters.SendsEvents), deflate, room);
    }
}
