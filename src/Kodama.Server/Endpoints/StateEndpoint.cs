using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary><c>/api/rooms/{room}/state</c>: the last value of each key, to read, set and remove.</summary>
internal sealed class StateEndpoint(Hub hub, RoomAccess access, BodyReader bodies, OutgoingAnswers answers)
{
    /// <summary>Name of the route's parameter.</summary>
    public const string KeyParameter = "key";

    public async Task ListAsync(HttpContext context, AuthenticationResult authenticated)
    {
        if (await access.EnterAsync(context, authenticated, RoomRights.Read) is not { } visit) return;
        if (await access.OpenAsync(context, visit) is (true, var room)) await AnswerAsync(context, visit.Room, room);
    }

    /// <summary>Answers with the state of a room that whoever asks may read; null for one of which nothing is kept.</summary>
    public async Task AnswerAsync(HttpContext context, string name, Room? room)
    {
        var list = room?.State.List();
        using var held = await answers.TryHoldAsync(context, list?.Keys.Sum(static key => key.Size) ?? 0);
        if (held is null) return;
        await JsonList.WriteAsync(
            context,
            json =>
            {
                json.WriteString("room"u8, name);
                if (list is not null) json.WriteString("position"u8, list.Position.ToString());
            },
            "state",
            list?.Keys ?? [],
            (json, entry) => EntryJson.Write(json, list!.Position.Epoch, entry));
    }

    public async Task GetAsync(HttpContext context, AuthenticationResult authenticated)
    {
        if (await EnterAsync(context, authenticated, RoomRights.Read) is not var (visit, key)) return;
        if (await access.OpenAsync(context, visit) is not (true, var room)) return;
        if (room?.State.Find(key) is not { } entry)
        {
            await HttpError.WriteAsync(
                context, StatusCodes.Status404NotFound, "NO_SUCH_KEY", $"Room {visit.Room} has no key \"{key}\" in its state.");
            return;
        }
        var tag = EntityTag.Of(room, entry.Offset);
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "no-cache";
        if (context.Request.Headers.IfNoneMatch.Any(given => given?.Split(',').Any(one => one.Trim() == tag) == true))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        using var held = await answers.TryHoldAsync(context, entry.Size);
        if (held is null) return;
        context.Response.ContentType = BodyPayload.TypeOf(entry.Payload);
        context.Response.ContentLength = entry.Payload.Bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(entry.Payload.Bytes, context.RequestAborted);
    }

    public async Task PutAsync(HttpContext context, AuthenticationResult authenticated)
    {
        if (await EnterAsync(context, authenticated, RoomRights.State) is not var (visit, key)) return;
        if (!EntityTag.TryReadCondition(context.Request, out var condition, out var error))
        {
            await error.WriteAsync(context);
            return;
        }
        using var body = await bodies.ReadAsync(context);
        if (body is null) return;
        if (!BodyPayload.TryRead(context.Request, body.Memory, Message.DefaultEvent, out var value, out var text))
        {
            await HttpError.WriteAsync(context, StatusCodes.Status400BadRequest, "INVALID_MESSAGE", text);
            return;
        }
        var result = await hub.ChangeStateAsync(visit, key, value, condition);
        if (result.Refusal is not null) await Refusals.WriteAsync(context, result);
        else await WriteAsync(context, visit.Room, key, result);
    }

    /// <summary>Says where a key was set.</summary>
    public static Task WriteAsync(HttpContext context, string room, string key, in PublishResult result)
    {
        var position = new Position(result.Epoch!, result.Offset);
        context.Response.Headers.ETag = EntityTag.Of(position);
        return context.Response.WriteAsJsonAsync(
            new KeyAnswer(room, key, position.ToString()), ApiJson.Types.KeyAnswer, cancellationToken: context.RequestAborted);
    }

    /// <summary>The key that the path names; null, where none can be called so, and the refusal is written.</summary>
    public static async ValueTask<string?> KeyAsync(HttpContext context)
    {
        var key = RequestedRoom.OfPath(context, KeyParameter)!;
        if (RoomState.IsValidKey(key)) return key;
        var rule = $"A key takes 1 to {RoomState.MaxKey} bytes of UTF-8, none of them a control character.";
        await HttpError.WriteAsync(context, StatusCodes.Status400BadRequest, "INVALID_KEY", rule);
        return null;
    }

    public async Task DeleteAsync(HttpContext context, AuthenticationResult authenticated)
    {
        if (await EnterAsync(context, authenticated, RoomRights.State) is not var (visit, key)) return;
        if (!EntityTag.TryReadCondition(context.Request, out var condition, out var error))
        {
            await error.WriteAsync(context);
            return;
        }
        // To remove what is not there makes no room; to ask how it is needs none either.
        if (await access.OpenAsync(context, visit) is not (true, var room)) return;
        var isNothing = room is null && condition == default;
        var result = isNothing ? default : await hub.ChangeStateAsync(visit, key, null, condition);
        if (result.Refusal is not null) await Refusals.WriteAsync(context, result);
        else context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async ValueTask<(Visit Visit, string Key)?> EnterAsync(
        HttpContext context, AuthenticationResult authenticated, RoomRights wanted)
    {
        if (await access.EnterAsync(context, authenticated, wanted) is not { } visit) return null;
        return await KeyAsync(context) is { } key ? (visit, key) : null;
    }
}
