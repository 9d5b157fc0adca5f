using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>A peer's details from its query: what it says of itself.</summary>
internal static class PeerDetails
{
    /// <summary>How names begin that the hub understands, or may come to understand: no detail of anybody's until then.</summary>
    public const string Reserved = "kodama.";
    private const int MaxCount = 32;
    private const int MaxNameLength = 64;
    private const int MaxValueLength = 1024;

    /// <summary>All query parameters but the tokens and those that mean something else here; or what is wrong with them.</summary>
    public static bool TryRead(
        HttpRequest request,
        [NotNullWhen(true)] out IReadOnlyDictionary<string, string>? details,
        [NotNullWhen(false)] out HttpError? error,
        params ReadOnlySpan<string> except)
    {
        details = ReadOnlyDictionary<string, string>.Empty;
        error = null;
        if (!request.QueryString.HasValue) return true;
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in request.Query)
        {
            if (name.Equals(TokenAuthenticator.Parameter, StringComparison.OrdinalIgnoreCase)) continue;
            if (name.Equals(RequestedRoom.TokenParameter, StringComparison.OrdinalIgnoreCase) || IsOneOf(name, except)) continue;
            var value = values.Count > 0 ? values[^1] ?? "" : "";
            if (name.Length > MaxNameLength)
                error = Invalid($"A detail's name has {name.Length} characters; it takes at most {MaxNameLength}.");
            else if (value.Length > MaxValueLength)
                error = Invalid($"Detail \"{name}\" has {value.Length} characters; it takes at most {MaxValueLength}.");
            else if (name.StartsWith(Reserved, StringComparison.OrdinalIgnoreCase))
                error = HttpParameters.Invalid(name, value, IsOneOf(name[Reserved.Length..], except)
                    ? $"it is {name[Reserved.Length..]} here, without {Reserved}"
                    : $"names that begin with {Reserved} are the hub's, and this is none of them here.");
            else read[name] = value;
            if (read.Count > MaxCount) error = Invalid($"There are more than {MaxCount} details.");
            if (error is null) continue;
            details = null;
            return false;
        }
        if (read.Count > 0) details = read;
        return true;
    }

    private static bool IsOneOf(string name, ReadOnlySpan<string> names)
    {
        foreach (var one in names)
        {
            if (name.Equals(one, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }

    private static HttpError Invalid(string message) => new("INVALID_DETAILS", message, StatusCodes.Status400BadRequest);

    /// <summary>What was learned counts more than what the client says.</summary>
    public static IReadOnlyDictionary<string, string> With(
        IReadOnlyDictionary<string, string> said, IReadOnlyDictionary<string, string>? learned)
    {
        if (learned is null || learned.Count == 0) return said;
        var all = new Dictionary<string, string>(said, StringComparer.Ordinal);
        foreach (var (name, value) in learned) all[name] = value;
        return all;
    }
}
