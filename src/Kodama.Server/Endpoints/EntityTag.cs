using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>
/// The position of a key's last change as its entity tag (RFC 9110 section 8.8.3), and what a request makes a change depend on.
/// </summary>
internal static class EntityTag
{
    private static readonly HttpError Invalid = new(
        "INVALID_CONDITION", "A change takes If-Match: * or with one ETag that the hub gave, or If-None-Match: *.",
        StatusCodes.Status400BadRequest);

    public static string Of(Room room, long offset) => Of(new Position(room.Epoch, offset));

    public static string Of(Position position) => $"\"{position}\"";

    /// <summary><c>If-Match: "EPOCH:OFFSET"</c> or <c>*</c>, or <c>If-None-Match: *</c>; one of them, with one tag.</summary>
    public static bool TryReadCondition(HttpRequest request, out KeyCondition condition, [NotNullWhen(false)] out HttpError? error)
    {
        (condition, error) = (default, null);
        var (match, noneMatch) = (request.Headers.IfMatch, request.Headers.IfNoneMatch);
        if (match.Count + noneMatch.Count == 0) return true;
        if (match.Count == 0 && noneMatch is ["*"]) condition = KeyCondition.Absent;
        else if (noneMatch.Count == 0 && match is ["*"]) condition = KeyCondition.Present;
        else if (noneMatch.Count == 0 && match is [['"', .. var tag, '"']] && Position.TryParse(tag, out var position))
            condition = KeyCondition.At(position);
        else error = Invalid;
        return error is null;
    }
}
