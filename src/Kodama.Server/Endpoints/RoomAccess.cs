using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Whether a client may do in a room what it asks for over HTTP: the one place where that is asked.</summary>
internal sealed class RoomAccess(Hub hub, WebSocketDoor door, KodamaMetrics metrics)
{
    private const string Door = "http";

    /// <summary>The room that the path names, and who asks; null, when it may not, and the refusal is written.</summary>
    /// <param name="context">The request.</param>
    /// <param name="authenticated">What the authenticators said.</param>
    /// <param name="wanted">All that it needs.</param>
    /// <param name="parameters">Query parameters that are no details of the client.</param>
    public async ValueTask<RoomRequest?> EnterAsync(
        HttpContext context, AuthenticationResult authenticated, RoomRights wanted, params string[] parameters)
    {
        if (await ReadAsync(context, authenticated, Door, door.Encoder(negotiated: null), parameters) is not { } request) return null;
        var rights = await hub.GrantAsync(request.Client, request.Room, RequestedRoom.TokenOf(context.Request), context.RequestAborted);
        if ((rights & wanted) == wanted) return request;
        metrics.Refused("rights");
        await NotAllowed(request.Room).WriteAsync(context);
        return null;
    }

    /// <summary>The same, before the rules are asked: for who is going to join.</summary>
    public static async ValueTask<RoomRequest?> ReadAsync(
        HttpContext context, AuthenticationResult authenticated, string door, IMessageEncoder encoder, params string[] parameters)
    {
        var room = RequestedRoom.OfPath(context)!;
        if (RequestedRoom.IsInvalid(room, out var invalid))
        {
            await invalid.WriteAsync(context);
            return null;
        }
        if (PeerDetails.TryRead(context.Request, out var details, out var error, parameters))
            return new RoomRequest(room, AuthenticatedClient.Describe(context, authenticated, details, door, encoder));
        await error.WriteAsync(context);
        return null;
    }

    /// <summary>Why it may not.</summary>
    public static HttpError NotAllowed(string room, string? reason = null) =>
        new("NOT_ALLOWED", reason ?? $"The rules of room {room} do not grant that.", StatusCodes.Status403Forbidden);
}
