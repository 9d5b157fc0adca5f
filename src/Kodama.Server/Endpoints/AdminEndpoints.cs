using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Server;

/// <summary><c>/api/admin</c>: what whoever runs the hub does there (docs/specs/http.md).</summary>
internal sealed class AdminEndpoints(
    Hub hub, RequestGuard guard, BodyReader bodies, HistoryEndpoint history, StateEndpoint state)
{
    private const string EventParameter = "event";
    private const string TransientParameter = "transient";
    private const string ReasonParameter = "reason";
    private const string PeerParameter = "id";

    // Of the 123 that a close frame has place for (RFC 6455 section 5.5).
    private const int LongestReason = 120;

    public void Map(IEndpointRouteBuilder api)
    {
        var room = $"/api/admin/rooms/{{{RequestedRoom.Parameter}}}";
        var key = $"{room}/state/{{{StateEndpoint.KeyParameter}}}";
        api.MapMethods("/api/admin/messages", [HttpMethods.Post], guard.Admin(AnnounceAsync));
        api.MapMethods($"/api/admin/peers/{{{PeerParameter}}}", [HttpMethods.Delete], guard.Admin(DisconnectAsync));
        api.MapMethods(room, [HttpMethods.Delete], guard.Admin(CloseAsync));
        api.MapMethods($"{room}/messages", [HttpMethods.Get], guard.Admin(MessagesAsync));
        api.MapMethods($"{room}/messages", [HttpMethods.Post], guard.Admin(SayAsync));
        api.MapMethods($"{room}/state", [HttpMethods.Get], guard.Admin(StateAsync));
        api.MapMethods(key, [HttpMethods.Put], guard.Admin(SetAsync));
        api.MapMethods(key, [HttpMethods.Delete], guard.Admin(RemoveAsync));
    }

    private async Task MessagesAsync(HttpContext context)
    {
        if (await FindRoomAsync(context) is { } room) await history.AnswerAsync(context, room);
    }

    private async Task StateAsync(HttpContext context)
    {
        if (await FindRoomAsync(context) is { } room) await state.AnswerAsync(context, room.Name, room);
    }

    private async Task AnnounceAsync(HttpContext context)
    {
        if (!HttpParameters.TryReadEvent(context.Request, EventParameter, out var name, out var error))
        {
            await error.WriteAsync(context);
            return;
        }
        using var body = await bodies.ReadAsync(context);
        if (body is null || await PayloadAsync(context, body, name) is not { } payload) return;
        var answer = new AnnounceAnswer(await hub.SendAsync(name, payload));
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await context.Response.WriteAsJsonAsync(answer, ApiJson.Types.AnnounceAnswer, cancellationToken: context.RequestAborted);
    }

    private async Task SayAsync(HttpContext context)
    {
        var isTransient = false;
        if (!HttpParameters.TryReadEvent(context.Request, EventParameter, out var name, out var error)
            || !HttpParameters.TryReadFlag(context.Request, TransientParameter, out isTransient, out error))
        {
            await error.WriteAsync(context);
            return;
        }
        if (await FindRoomAsync(context) is not { } room) return;
        using var body = await bodies.ReadAsync(context);
        if (body is null || await PayloadAsync(context, body, name) is not { } payload) return;
        var result = await DecidedAsync(room, room.Send(name, payload, isTransient: isTransient));
        if (result.Refusal is not null) await Refusals.WriteAsync(context, result);
        else await PublishEndpoint.WriteAsync(context, room.Name, result);
    }

    private async Task DisconnectAsync(HttpContext context)
    {
        if (!TryReadReason(context.Request, out var reason, out var error))
        {
            await error.WriteAsync(context);
            return;
        }
        var closing = reason is null ? CloseReason.Disconnected : CloseReason.Disconnected with { Text = reason };
        if (!await hub.DisconnectAsync((string)context.GetRouteValue(PeerParameter)!, closing))
        {
            await HttpError.WriteAsync(context, StatusCodes.Status404NotFound, "NO_SUCH_PEER", "There is no such peer, or it has gone.");
            return;
        }
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task CloseAsync(HttpContext context)
    {
        if (await FindRoomAsync(context) is not { } room) return;
        var answer = new ClosedAnswer(room.Name, await hub.EmptyAsync(room.Name));
        await context.Response.WriteAsJsonAsync(answer, ApiJson.Types.ClosedAnswer, cancellationToken: context.RequestAborted);
    }

    private async Task SetAsync(HttpContext context)
    {
        if (!EntityTag.TryReadCondition(context.Request, out var condition, out var error))
        {
            await error.WriteAsync(context);
            return;
        }
        if (await StateEndpoint.KeyAsync(context) is not { } key || await FindRoomAsync(context) is not { } room) return;
        using var body = await bodies.ReadAsync(context);
        if (body is null || await PayloadAsync(context, body, Message.DefaultEvent) is not { } value) return;
        var result = await DecidedAsync(room, room.State.Set(key, value, condition: condition));
        if (result.Refusal is not null) await Refusals.WriteAsync(context, result);
        else await StateEndpoint.WriteAsync(context, room.Name, key, result);
    }

    private async Task RemoveAsync(HttpContext context)
    {
        if (!EntityTag.TryReadCondition(context.Request, out var condition, out var error))
        {
            await error.WriteAsync(context);
            return;
        }
        if (await StateEndpoint.KeyAsync(context) is not { } key || await FindRoomAsync(context) is not { } room) return;
        var result = await DecidedAsync(room, room.State.Remove(key, condition: condition));
        if (result.Refusal is not null) await Refusals.WriteAsync(context, result);
        else context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    // Answered when it is kept.
    private static async ValueTask<PublishResult> DecidedAsync(Room room, PublishResult result)
    {
        if (result.Pending is { } pending) result = await pending;
        return result with { Epoch = result.Epoch ?? room.Epoch };
    }

    private async ValueTask<Room?> FindRoomAsync(HttpContext context)
    {
        var name = RequestedRoom.OfPath(context)!;
        Room? room = null;
        var error = RequestedRoom.IsInvalid(name, out var invalid) ? invalid : hub.OpenToRead(name, out room) switch
        {
            RefusalCode.None when room is null => new HttpError(
                "NO_SUCH_ROOM", $"Nobody is in room {name}, and nothing is kept of it.", StatusCodes.Status404NotFound),
            RefusalCode.None => null,
            RefusalCode.TooManyRooms => HttpError.TooManyRooms,
            _ => HttpError.Unavailable(name),
        };
        if (error is not null) await error.WriteAsync(context);
        return error is null ? room : null;
    }

    private static async ValueTask<Payload?> PayloadAsync(HttpContext context, RequestBody body, string eventName)
    {
        if (BodyPayload.TryRead(context.Request, body.Memory, eventName, out var payload, out var wrong)) return payload;
        await HttpError.WriteAsync(context, StatusCodes.Status400BadRequest, "INVALID_MESSAGE", wrong);
        return null;
    }

    private static bool TryReadReason(HttpRequest request, out string? reason, [NotNullWhen(false)] out HttpError? error)
    {
        reason = request.Query[ReasonParameter] is [.., { Length: > 0 } given] ? given : null;
        error = reason is null || (Encoding.UTF8.GetByteCount(reason) <= LongestReason && !reason.Any(char.IsControl))
            ? null
            : HttpParameters.Invalid(ReasonParameter, reason, $"it takes {LongestReason} bytes of UTF-8 without control characters.");
        return error is null;
    }
}
