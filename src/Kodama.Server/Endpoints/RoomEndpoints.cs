using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary><c>/api/rooms</c>, <c>/api/peers</c> and publishing over HTTP.</summary>
internal sealed class RoomEndpoints(Hub hub, KodamaOptions options, WebSocketDoor door, IncomingBounds bounds, KodamaMetrics metrics)
{
    private const string EventParameter = "event";

    public async Task RoomsAsync(HttpContext context, AuthenticationResult authenticated)
    {
        var rooms = await View(context, authenticated).OfAsync(hub.Rooms, static room => room.Name, context.RequestAborted);
        var answer = new RoomsAnswer(rooms.Select(RoomAnswer.Of));
        await context.Response.WriteAsJsonAsync(answer, ApiJson.Types.RoomsAnswer, cancellationToken: context.RequestAborted);
    }

    public async Task PeersAsync(HttpContext context, AuthenticationResult authenticated)
    {
        var room = RequestedRoom.OfQuery(context.Request);
        if (room is not null && RequestedRoom.IsInvalid(room, out var error))
        {
            await error.WriteAsync(context);
            return;
        }
        var view = View(context, authenticated);
        // A room that is closed is like one that does not exist.
        var peers = room is null ? hub.Peers : await view.ShowsAsync(room, context.RequestAborted) ? hub.FindRoom(room)?.Peers ?? [] : [];
        var answers = new List<PeerAnswer>();
        foreach (var peer in peers.Where(static peer => peer.IsListed)) answers.Add(await view.OfAsync(peer, context.RequestAborted));
        var answer = new PeersAnswer(answers);
        await context.Response.WriteAsJsonAsync(answer, ApiJson.Types.PeersAnswer, cancellationToken: context.RequestAborted);
    }

    public async Task PublishAsync(HttpContext context, AuthenticationResult authenticated)
    {
        var roomName = RequestedRoom.OfPath(context)!;
        if (RequestedRoom.IsInvalid(roomName, out var invalid))
        {
            await invalid.WriteAsync(context);
            return;
        }
        using var reading = new RequestBody(bounds, RemoteAddress.Of(context));
        if (await reading.ReadAsync(context, options.MaxMessageSize, context.RequestAborted) is not BodyFault.None and var fault)
        {
            await RefuseAsync(context, fault);
            return;
        }
        var body = reading.Memory;
        if (!PeerDetails.TryRead(context.Request, out var details, out var error, except: EventParameter))
        {
            await HttpError.WriteAsync(context, 400, "INVALID_DETAILS", error);
            return;
        }
        var eventName = context.Request.Query[EventParameter] is [{ Length: > 0 } named, ..] ? named : Message.DefaultEvent;
        if (!TryReadPayload(context.Request, body, eventName, out var payload, out error))
        {
            await HttpError.WriteAsync(context, 400, "INVALID_MESSAGE", error);
            return;
        }
        using var activity = KodamaActivity.Source.StartActivity("kodama.publish");
        activity?.SetTag("kodama.room", roomName);
        metrics.Received(body.Length);
        var publisher = AuthenticatedClient.Describe(context, authenticated, details, RoomView.Door, door.Encoder(negotiated: null));
        var how = new PublishOptions(Token: RequestedRoom.TokenOf(context.Request));
        var result = await hub.PublishAsync(publisher, roomName, payload, eventName, how, context.RequestAborted);
        if (result.Pending is { } pending) result = await pending;
        if (result.Refusal is { } refusal)
        {
            var isAllowed = result.Code != RefusalCode.NotAllowed;
            await HttpError.WriteAsync(context, isAllowed ? 422 : 403, isAllowed ? "MESSAGE_REFUSED" : "NOT_ALLOWED", refusal);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        var published = result.Offset > 0;
        await context.Response.WriteAsJsonAsync(
            new PublishAnswer(roomName, published ? result.Offset : null, published ? hub.FindRoom(roomName)?.Epoch : null, result.Receivers),
            ApiJson.Types.PublishAnswer,
            cancellationToken: context.RequestAborted);
    }

    private RoomView View(HttpContext context, AuthenticationResult authenticated) => new(hub, door, context, authenticated);

    private static bool TryReadPayload(HttpRequest request, ReadOnlyMemory<byte> body, string eventName, out Payload payload, out string error)
    {
        payload = default;
        error = "";
        var isDefault = eventName == Message.DefaultEvent;
        if (isDefault && request.ContentType is { } type && type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase))
        {
            payload = Payload.Binary(body);
            return true;
        }
        if (!Utf8.IsValid(body.Span))
        {
            error = "The body is not UTF-8: send bytes with Content-Type: application/octet-stream.";
        }
        else if (!isDefault && !IsJsonArray(body.Span))
        {
            error = $"The body of event \"{eventName}\" must be the JSON array of its arguments, such as [1,2].";
        }
        else
        {
            payload = isDefault ? Payload.Text(body) : Payload.Arguments(body);
            return true;
        }
        return false;
    }

    private static bool IsJsonArray(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return false;
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private Task RefuseAsync(HttpContext context, BodyFault fault)
    {
        metrics.Refused(fault.Stage());
        // Nobody is left to be told.
        if (fault == BodyFault.BrokenOff) return Task.CompletedTask;
        if (fault == BodyFault.NoRoom) context.Response.Headers.RetryAfter = "1";
        HttpError.EndConnection(context);
        var (code, message) = fault switch
        {
            BodyFault.TooLarge => ("MESSAGE_TOO_LARGE", $"A message takes at most {options.MaxMessageSize} bytes."),
            BodyFault.NoRoom => ("TOO_MUCH_UNDERWAY", "Too many messages are underway; send it again later."),
            BodyFault.TooSlow => ("MESSAGE_TOO_SLOW", $"A message must be whole within {bounds.Timeout.TotalSeconds} s."),
            _ => ("BAD_REQUEST", "The body is cut off, or its chunks are no HTTP (RFC 9112 section 7.1)."),
        };
        return HttpError.WriteAsync(context, fault.Status(), code, message);
    }
}
