using System.Globalization;
using System.Text;

namespace Kodama.Discovery;

/// <summary>
/// What to be called instead of a name that is taken (RFC 6762 section 9, RFC 6763 appendix D): "Lounge (2)", "Lounge (3)"; "host-2",
/// "host-3".
/// </summary>
internal static class NextName
{
    public static string OfInstance(string name) =>
        name.EndsWith(')') && Split(name[..^1], " (") is var (stem, number) ? Join(stem, $" ({number + 1})") : Join(name, " (2)");

    public static string OfHost(string name) => Split(name, "-") is var (stem, number) ? Join(stem, $"-{number + 1}") : Join(name, "-2");

    /// <summary>The longest beginning of a text that has at most so many bytes of UTF-8, not ending within a character.</summary>
    public static string Cut(string text, int bytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= bytes) return text;
        var (length, used) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if ((used += rune.Utf8SequenceLength) > bytes) break;
            length += rune.Utf16SequenceLength;
        }
        return text[..length].TrimEnd();
    }

    // Numbers that a name had from the first, as that of "kodama-0123456789ab", are part of it if they are long.
    private static (string Stem, int Number)? Split(string name, string separator)
    {
        var at = name.LastIndexOf(separator, StringComparison.Ordinal);
        if (at <= 0 || name.Length - at - separator.Length > 4) return null;
        var isNumber = int.TryParse(name.AsSpan(at + separator.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return isNumber && number > 1 ? (name[..at], number) : null;
    }

    private static string Join(string stem, string suffix) => Cut(stem, DnsName.MaxLabel - suffix.Length) + suffix;
}
