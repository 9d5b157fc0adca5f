namespace Kodama.Ably;

/// <summary>What channels can be called (docs/specs/ably.md, R1, R2).</summary>
internal static class ChannelName
{
    public const string Rule = "1 to 255 characters, no control characters, and none of : [ and space at its beginning";

    /// <summary>Before a channel's name: its occupancy, which is the hub's own to tell.</summary>
    public const string OccupancyPrefix = "[meta]occupancy:";

    private static readonly string[] NotHere = ["[filter=", "[?"];

    public static bool IsValid(string name, App app) =>
        name.Length > 0 && app.Prefix.Length + name.Length <= RoomName.MaxLength && name[0] is not (':' or '[' or ' ')
            && !name.Any(char.IsControl);

    /// <summary>Whether it is one of the hub's own.</summary>
    public static bool IsOccupancy(string name) => name.StartsWith(OccupancyPrefix, StringComparison.Ordinal);

    /// <summary>Why nobody can be attached to it; null, if somebody can.</summary>
    public static AblyError? Refuse(string name, App app)
    {
        if (Array.Exists(NotHere, prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            return AblyError.NotFound("Channels with a filter or params before their names are not here: give params as options.");
        return IsValid(IsOccupancy(name) ? name[OccupancyPrefix.Length..] : name, app) ? null : Invalid(name);
    }

    public static AblyError Invalid(string name) =>
        new(40010, 400, $"\"{(name.Length <= 64 ? name : name[..64] + "...")}\" is no channel's name: it takes {Rule}.");
}
