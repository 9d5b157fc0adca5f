using Kodama.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Ably;

/// <summary>Ably's realtime protocol at the hub's root, and its REST API (docs/specs/ably.md).</summary>
internal sealed class AblyDoor(AblyHub hub, RestApi api) : IRootDoor
{
    /// <summary>Under which its peers are listed.</summary>
    public const string Name = "ably";

    public void Map(IEndpointRouteBuilder endpoints) => api.Map(endpoints);

    public Task AcceptAsync(HttpContext context)
    {
        var request = ConnectionRequest.Read(context.Request, hub);
        DoorPeer peer = request.Error is { } error ? new RefusedPeer(request.Format, error) : new AblyPeer(hub, request);
        var encoder = request.Error is null ? request.Access.App.Encoders[(int)request.Format] : AppTable.Nobody;
        // None of them is a detail of the client.
        string[] parameters = [.. context.Request.Query.Keys];
        return hub.Kit.AcceptAsync(context, Name, encoder, peer, parameters: parameters, hasToken: true);
    }
}
