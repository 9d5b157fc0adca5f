using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kodama.Server;

/// <summary><c>/api/rooms</c>, <c>/api/peers</c> and publishing over HTTP.</summary>
internal sealed class RoomEndpoints(Hub hub, KodamaOptions options, WebSocketDoor door, KodamaMetrics metrics)
{
    private const string HttpDoor = "http";
    private const string EventParameter = "event";

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

    public async Task PublishAsync(HttpContext context, AuthenticationResult authenticated)
    {
        var roomName = RequestedRoom.OfPath(context)!;
        if (RequestedRoom.IsInvalid(roomName, out var invalid))
        {
            await invalid.WriteAsync(context);
            return;
        }
        if (!hub.IsOpen(roomName))
        {
            await RequestedRoom.Closed(roomName).WriteAsync(context);
            return;
        }
        if (await ReadBodyAsync(context) is not { } body)
        {
            await HttpError.WriteAsync(context, 413, "MESSAGE_TOO_LARGE", $"A message takes at most {options.MaxMessageSize} bytes.");
            return;
        }
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
        var publisher = AuthenticatedClient.Describe(context, authenticated, details, HttpDoor, door.Encoder(compressed: false));
        var result = await hub.PublishAsync(publisher, roomName, payload, eventName, cancellationToken: context.RequestAborted);
        if (result.Pending is { } pending) result = await pending;
        if (result.Refusal is { } refusal)
        {
            await HttpError.WriteAsync(context, 422, "MESSAGE_REFUSED", refusal);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        var published = result.Offset > 0;
        await context.Response.WriteAsJsonAsync(
            new PublishAnswer(roomName, published ? result.Offset : null, published ? hub.FindRoom(roomName)?.Epoch : null, result.Receivers),
            ApiJson.Types.PublishAnswer,
            cancellationToken: context.RequestAborted);
    }

    private static bool TryReadPayload(HttpRequest request, byte[] body, string eventName, out Payload payload, out string error)
    {
        payload = default;
        error = "";
        var isDefault = eventName == Message.DefaultEvent;
        if (isDefault && request.ContentType is { } type && type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase))
        {
            payload = Payload.Binary(body);
            return true;
        }
        if (!Utf8.IsValid(body))
        {
            error = "The body is not UTF-8: send bytes with Content-Type: application/octet-stream.";
        }
        else if (!isDefault && !IsJsonArray(body))
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

    /// <summary>The whole body, or null when it is larger than a message may be.</summary>
    private async ValueTask<byte[]?> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength > options.MaxMessageSize) return null;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            var isTooLarge = read.Buffer.Length > options.MaxMessageSize;
            if (read.IsCompleted || isTooLarge)
            {
                var body = isTooLarge ? null : read.Buffer.ToArray();
                // Every read is ended, also the last: Kestrel looks behind the endpoint for what was left.
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
