using System.Buffers;

namespace Kodama.Pusher;

/// <summary>What a channel may be called, and what its name says of it (docs/specs/pusher.md, R2).</summary>
internal static class ChannelName
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxLength = 200;

    /// <summary>What it takes, in words for a person.</summary>
    public const string Rule = "1 to 200 characters of A-Z a-z 0-9 _ - = @ , . ;";

    /// <summary>How the name of a user's own channel begins.</summary>
    public const string UserPrefix = "#server-to-user-";

    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-=@,.;");

    public static bool IsValid(ReadOnlySpan<char> name) => name.Length is > 0 and <= MaxLength && !name.ContainsAnyExcept(Characters);

    /// <summary>Whether who wants in needs a signature.</summary>
    public static bool IsGuarded(ReadOnlySpan<char> name) =>
        name.StartsWith("private-", StringComparison.Ordinal) || IsPresence(name);

    /// <summary>Whether it is a user's own.</summary>
    public static bool IsUser(string name) =>
        name.StartsWith(UserPrefix, StringComparison.Ordinal) && name.Length > UserPrefix.Length;

    public static bool IsPresence(ReadOnlySpan<char> name) => name.StartsWith("presence-", StringComparison.Ordinal);

    public static bool IsCache(ReadOnlySpan<char> name) =>
        name.StartsWith("cache-", StringComparison.Ordinal)
        || name.StartsWith("private-cache-", StringComparison.Ordinal)
        || name.StartsWith("presence-cache-", StringComparison.Ordinal)
        || name.StartsWith("private-encrypted-cache-", StringComparison.Ordinal);
}
