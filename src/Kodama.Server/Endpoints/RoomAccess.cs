using System.Collections.ObjectModel;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Whether a client may do in a room what it asks for over HTTP: the one place where that is asked.</summary>
internal sealed class RoomAccess(Hub hub, WebSocketDoor door, AdminAccess admin, KodamaMetrics metrics)
{
    /// <summary>By which readers and publishers come.</summary>
    public const string Door = "http";

    /// <summary>The room that the path names, and who asks; null, when it may not, and the refusal is written.</summary>
    /// <param name="context">The request.</param>
    /// <param name="authenticated">What the authenticators said.</param>
    /// <param name="wanted">All that it needs.</param>
    /// <param name="parameters">Query parameters that are no details of the client.</param>
    public async ValueTask<Visit?> EnterAsync(
        HttpContext context, AuthenticationResult authenticated, RoomRights wanted, params string[] parameters)
    {
        if (await ReadAsync(context, authenticated, Door, door.Encoder(negotiated: null), parameters) is not { } request) return null;
        var token = RequestedRoom.TokenOf(context.Request);
        var visit = await hub.VisitAsync(request.Client, request.Room, wanted, token, context.RequestAborted);
        if (visit.Refusal is not { } refusal) return visit;
        // It may read there, and asked for more.
        if (refusal.Code == RefusalCode.NotAllowed && visit.Rights != RoomRights.None
            && (wanted & ~(RoomRights.Read | RoomRights.History)) != RoomRights.None
            && TokenIdentity.TokenOf(visit.Client.Principal) is { Can: TokenRights.Read } shown)
        {
            refusal = refusal with { Refusal = $"The token of {shown.Name} is for reading only." };
        }
        metrics.Refused(refusal.Code == RefusalCode.Refused ? "validation" : "rights");
        await Refusals.WriteAsync(context, refusal);
        return null;
    }

    /// <summary>What a reader of the whole hub may be told of; null, when the validators refuse it, and the refusal is written.</summary>
    public async ValueTask<RoomView?> ViewAsync(HttpContext context, AuthenticationResult authenticated)
    {
        if (admin.IsAdmin(context)) return new RoomView(hub, client: null);
        var nothing = ReadOnlyDictionary<string, string>.Empty;
        var client = hub.Describe(AuthenticatedClient.Describe(context, authenticated, nothing, Door, door.Encoder(negotiated: null)));
        var refused = await hub.ValidateRequestAsync(client, RoomRights.Read, context.RequestAborted);
        if (refused is not { } refusal) return new RoomView(hub, client);
        metrics.Refused("validation");
        await HttpError.WriteAsync(context, StatusCodes.Status403Forbidden, "REFUSED", refusal.Text);
        return null;
    }

    /// <summary>
    /// The room, to read what is kept of it, or null, where that is nothing. Not known, when that could not be found out, and the refusal
    /// is written.
    /// </summary>
    public async ValueTask<(bool IsKnown, Room? Room)> OpenAsync(HttpContext context, Visit visit)
    {
        var failure = hub.OpenToRead(visit.Room, out var room);
        if (failure == RefusalCode.None) return (true, room);
        metrics.Refused("room");
        await (failure == RefusalCode.TooManyRooms ? HttpError.TooManyRooms : HttpError.Unavailable(visit.Room)).WriteAsync(context);
        return default;
    }

    /// <summary>The room that the path names, and who asks, before the rules are asked: for who is going to join.</summary>
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
