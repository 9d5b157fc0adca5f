using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary><c>/api/rooms</c>, <c>/api/peers</c>, and who is present in a room.</summary>
internal sealed class RoomEndpoints(Hub hub, RoomAccess access)
{
    public Task RoomsAsync(HttpContext context, AuthenticationResult authenticated) =>
        context.Response.WriteAsJsonAsync(new RoomsAnswer(hub.Rooms.Where(room => hub.IsOpen(room.Name)).Select(RoomAnswer.Of)), ApiJson.Types.RoomsAnswer, cancellationToken: context.RequestAborted);

    public Task PeersAsync(HttpContext context, AuthenticationResult authenticated)
    {
        var room = RequestedRoom.OfQuery(context.Request);
        if (room is not null && RequestedRoom.IsInvalid(room, out var error)) return error.WriteAsync(context);
        // A room that is closed is like one that does not exist.
        var peers = room is null ? hub.Peers : hub.IsOpen(room) ? hub.FindRoom(room)?.Peers ?? [] : [];
        return context.Response.WriteAsJsonAsync(new PeersAnswer(peers.Where(hub.IsShown).Select(PeerAnswer.Of)), ApiJson.Types.PeersAnswer, cancellationToken: context.RequestAborted);
    }

    public async Task PresenceAsync(HttpContext context, AuthenticationResult authenticated)
    {
        if (await access.EnterAsync(context, authenticated, RoomRights.Read) is not { } request) return;
        var list = hub.OpenToRead(request.Room)?.Members.List();
        await JsonList.WriteAsync(
            context,
            json =>
            {
                json.WriteString("room"u8, request.Room);
                if (list is not null) json.WriteString("position"u8, list.Position.ToString());
            },
            "members",
            list?.Members ?? [],
            static (json, member) =>
            {
                json.WriteStartObject();
                EntryJson.WriteMember(json, member.Author, member.Data, member.Time);
                json.WriteEndObject();
            });
    }
}
