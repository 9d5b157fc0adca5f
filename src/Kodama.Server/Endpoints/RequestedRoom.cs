using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Server;

/// <summary>The room that a request names, in its path or its query.</summary>
internal static class RequestedRoom
{
    /// <summary>Name of the route's and of the query's parameter.</summary>
    public const string Parameter = "room";

    /// <summary>The query's parameter for the token that the rules of a room may ask for; never one of a peer's details.</summary>
    public const string TokenParameter = "kodama.token";

    // Servers decode all of a path but this, lest it read as another path; so that both ways lead to one room, no name keeps it.
    private const string EncodedSlash = "%2F";

    /// <summary>The room in the path, or another name there; null, when the route has none.</summary>
    public static string? OfPath(HttpContext context, string parameter = Parameter) =>
        context.GetRouteValue(parameter) is string name ? Decode(name) : null;

    /// <summary>The room in the query; null for all, when it has none or an empty one.</summary>
    public static string? OfQuery(HttpRequest request) => request.Query[Parameter] is [{ Length: > 0 } name, ..] ? Decode(name) : null;

    /// <summary>Whether no room can have this name, and what is wrong with it.</summary>
    public static bool IsInvalid(string name, [NotNullWhen(true)] out HttpError? error)
    {
        error = RoomName.IsValid(name)
            ? null
            : new("INVALID_ROOM", $"A room's name takes {RoomName.Rule}; this one has {name.Length}.", StatusCodes.Status400BadRequest);
        return error is not null;
    }

    /// <summary>What the client has brought for the rules of its room, or null.</summary>
    public static string? TokenOf(HttpRequest request) => request.Query[TokenParameter] is [.., { Length: > 0 } token] ? token : null;

    private static string Decode(string name) => name.Replace(EncodedSlash, "/", StringComparison.OrdinalIgnoreCase);
}
