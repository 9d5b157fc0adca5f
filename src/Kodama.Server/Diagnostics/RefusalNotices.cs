using System.Buffers;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>
/// Says who was refused for the name that it gave the hub, for its page or for its token, with the option that would let it in: whoever
/// runs the hub may have meant to. Each cause once a minute, and few in all, as causes come from the wire.
/// </summary>
internal sealed class RefusalNotices(PersonTokens tokens, TimeProvider time, ILogger<RefusalNotices> logger)
{
    /// <summary>Most notices in a minute.</summary>
    public const int Most = 8;

    // As long as a name in DNS may be (RFC 1035 section 2.3.4).
    private const int LongestName = 255;

    private static readonly SearchValues<char> Name =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");

    private static readonly SearchValues<char> Address =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:/[]");

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, long> told = new(StringComparer.Ordinal);

    /// <summary>Those of the last minutes.</summary>
    public RecentRefusals Recent { get; } = new();

    /// <summary>The hub is not addressed by this name.</summary>
    public void Host(string name, IPAddress? address)
    {
        if (!IsDue($"host {name}")) return;
        var option = IsSafeName(name) ? $"--allowed-host {name}" : "--allowed-host";
        ServerLog.HostRefused(logger, Bounded(name), address, option);
        Keep("host", address, Bounded(name), option: option);
    }

    /// <summary>Pages of this origin may not use the hub; null, where their browser does not name it.</summary>
    public void Origin(string? origin, IPAddress? address)
    {
        if (!IsDue($"origin {origin}")) return;
        var option = origin is not null && IsSafe(origin, Address) ? $"--origin {origin}" : "--origin";
        if (origin is null) ServerLog.PageRefused(logger, address);
        else if (origin == "null") ServerLog.NullOriginRefused(logger, address);
        else ServerLog.OriginRefused(logger, Bounded(origin), address, option);
        Keep("origin", address, origin is null ? null : Bounded(origin), option: option);
    }

    /// <summary>The authenticators have refused a client.</summary>
    public void Authentication(string reason, IPAddress? address)
    {
        if (!IsDue($"authentication {address} {reason}")) return;
        var (way, option) = tokens.AreTaken
            ? ("a token of one's own (kodama token create, TokenFolder)", "kodama token create")
            : ("--token (Token, Authenticators)", "--token");
        ServerLog.ClientRefused(logger, address, Bounded(reason), way);
        Keep("authentication", address, reason: Bounded(reason), option: option);
    }

    /// <summary>A client has wanted to do what is for whoever runs the hub.</summary>
    public void Admin(string reason, IPAddress? address)
    {
        if (!IsDue($"admin {address} {reason}")) return;
        ServerLog.AdminRefused(logger, address, reason);
        Keep("admin", address, reason: reason);
    }

    private void Keep(string cause, IPAddress? address, string? given = null, string? reason = null, string? option = null) =>
        Recent.Add(new(time.GetUtcNow(), cause, address?.ToString(), given, reason, option));

    // What comes from the wire may be written to a terminal.
    private static string Bounded(string text)
    {
        var shown = text.Length <= LongestName ? text : $"{text.AsSpan(0, LongestName)}…";
        return shown.Any(char.IsControl) ? string.Concat(shown.Select(static c => char.IsControl(c) ? '?' : c)) : shown;
    }

    /// <summary>Whether a name may be shown as what is copied into a shell.</summary>
    public static bool IsSafeName(string name) => IsSafe(name, Name);

    private static bool IsSafe(string value, SearchValues<char> characters) =>
        value.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(value[0]) && !value.AsSpan().ContainsAnyExcept(characters);

    private bool IsDue(string cause)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            if (told.TryGetValue(cause, out var before) && time.GetElapsedTime(before, now) < Interval) return false;
            if (told.Count >= Most)
            {
                foreach (var (old, at) in told)
                {
                    if (time.GetElapsedTime(at, now) >= Interval) told.Remove(old);
                }
                if (told.Count >= Most) return false;
            }
            told[cause] = now;
            return true;
        }
    }
}
