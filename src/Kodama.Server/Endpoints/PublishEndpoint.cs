using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary><c>POST /api/rooms/{room}/messages</c>: publishes without a connection.</summary>
internal sealed class PublishEndpoint(Hub hub, RoomAccess access, BodyReader bodies)
{
    private const string EventParameter = "event";
    private const string TransientParameter = "transient";
    private const string KeyHeader = "Idempotency-Key";

    // Enough for who takes a random UUID, and for nobody who counts from 1.
    private const int ShortestKey = 16;

    public async Task HandleAsync(HttpContext context, AuthenticationResult authenticated)
    {
        if (await access.EnterAsync(context, authenticated, RoomRights.Publish, EventParameter, TransientParameter) is not { } visit)
            return;
        var eventName = "";
        if (!TryReadOptions(context.Request, visit.Client, out var options, out var error)
            || !HttpParameters.TryReadEvent(context.Request, EventParameter, out eventName, out error))
        {
            await error!.WriteAsync(context);
            return;
        }
        using var body = await bodies.ReadAsync(context);
        if (body is null) return;
        if (!BodyPayload.TryRead(context.Request, body.Memory, eventName, out var payload, out var wrong))
        {
            await HttpError.WriteAsync(context, StatusCodes.Status400BadRequest, "INVALID_MESSAGE", wrong);
            return;
        }
        using var activity = KodamaActivity.Source.StartActivity("kodama.publish");
        activity?.SetTag("kodama.room", visit.Room);
        var result = await hub.PublishAsync(visit, payload, eventName, options, context.RequestAborted);
        if (result.Refusal is not null) await Refusals.WriteAsync(context, result);
        else await WriteAsync(context, visit.Room, result);
    }

    /// <summary>Says what has become of it.</summary>
    public static Task WriteAsync(HttpContext context, string room, in PublishResult result)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        var answer = new PublishAnswer(room, null, null, null, result.Receivers, result.IsDuplicate ? true : null);
        if (result.Offset > 0)
        {
            var position = new Position(result.Epoch!, result.Offset);
            answer = answer with { Position = position.ToString(), Offset = position.Offset, Epoch = position.Epoch };
        }
        return context.Response.WriteAsJsonAsync(answer, ApiJson.Types.PublishAnswer, cancellationToken: context.RequestAborted);
    }

    private static bool TryReadOptions(HttpRequest request, Peer client, out PublishOptions options, out HttpError? error)
    {
        options = default;
        if (!HttpParameters.TryReadFlag(request, TransientParameter, out var isTransient, out error)) return false;
        var headers = request.Headers[KeyHeader];
        if (headers.Count == 0)
        {
            options = new PublishOptions(null, isTransient);
            return true;
        }
        if (headers is not [{ Length: >= ShortestKey } key] || !PublishId.IsValid(key))
            error = InvalidKey(
                $"takes {ShortestKey} to {PublishId.MaxLength} characters of printable ASCII without spaces, once, such as a random UUID.");
        else if (isTransient)
            error = InvalidKey("is for messages that have a place, and a transient one has none: leave one of the two out.");
        else
            options = new PublishOptions(new PublishId(key, Scope: ScopeOf(client)));
        return error is null;
    }

    // Whose the key is. No peer's id has a space.
    private static string ScopeOf(Peer client) =>
        client.Principal?.Identity?.Name is { } name ? $"user {name}" : PublishId.Anonymous;

    private static HttpError InvalidKey(string rule) => new("INVALID_ID", $"{KeyHeader} {rule}", StatusCodes.Status400BadRequest);
}
