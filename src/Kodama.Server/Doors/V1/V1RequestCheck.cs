namespace Kodama.Server;

/// <summary>Whether a request has the members that its type needs, and within their bounds.</summary>
internal static class V1RequestCheck
{
    public static V1Error? Check(V1Request request) => request.Type switch
    {
        V1RequestType.None => V1Error.Invalid("The frame has no type."),
        V1RequestType.Hello or V1RequestType.Ping => null,
        V1RequestType.Send => CheckTo(request) ?? CheckPayload(request),
        V1RequestType.Publish => CheckRoom(request) ?? CheckPayload(request) ?? CheckId(request),
        V1RequestType.Set => CheckRoom(request) ?? CheckKey(request) ?? CheckPayload(request) ?? CheckId(request),
        V1RequestType.Remove => CheckRoom(request) ?? CheckKey(request) ?? CheckId(request),
        V1RequestType.Enter => CheckRoom(request) ?? CheckId(request),
        V1RequestType.Join => CheckRoom(request) ?? CheckStart(request),
        V1RequestType.History => CheckRoom(request) ?? CheckPage(request),
        _ => CheckRoom(request),
    };

    private static V1Error? CheckRoom(V1Request request) =>
        RoomName.IsValid(request.Room)
            ? null
            : V1Error.Invalid($"room is {V1Error.Quote(request.Room)}; a room's name takes {RoomName.Rule}.");

    private static V1Error? CheckPayload(V1Request request)
    {
        if (request.Payloads != 1) return V1Error.Invalid($"There are {request.Payloads} payloads; say one of text, args and binary.");
        return request.Event.Length is > 0 and <= V1Limits.Event
            ? null
            : V1Error.Invalid($"event has {request.Event.Length} characters; it takes 1 to {V1Limits.Event}.");
    }

    private static V1Error? CheckId(V1Request request)
    {
        if (request.Id is null) return request.Again is null ? null : V1Error.Invalid("again goes with the id that was sent before.");
        return PublishId.IsValid(request.Id)
            ? null
            : V1Error.Invalid(
                $"id is {V1Error.Quote(request.Id)}; it takes 1 to {PublishId.MaxLength} characters of printable ASCII without spaces.");
    }

    private static V1Error? CheckKey(V1Request request) =>
        request.Key is { } key && RoomState.IsValidKey(key)
            ? null
            : V1Error.Invalid(
                $"key is {V1Error.Quote(request.Key ?? "")}; it takes 1 to {RoomState.MaxKey} bytes, none of them a control character.");

    private static V1Error? CheckTo(V1Request request) =>
        request.To is { Length: > 0 } ? null : V1Error.Invalid("to is missing: a peer's or a session's id.");

    private static V1Error? CheckStart(V1Request request)
    {
        var starts = (request.After is null ? 0 : 1) + (request.Last is null ? 0 : 1) + (request.Since is null ? 0 : 1);
        if (starts > 1) return V1Error.Invalid("Say one of after, last and since, or none of them.");
        return request.Token is { Length: > V1Limits.Token } token
            ? V1Error.Invalid($"token has {token.Length} characters; it takes at most {V1Limits.Token}.")
            : null;
    }

    private static V1Error? CheckPage(V1Request request) =>
        request.After is null || request.Before is null ? null : V1Error.Invalid("Say one of before and after, or none of them.");
}
