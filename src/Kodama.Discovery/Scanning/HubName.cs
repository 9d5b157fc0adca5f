using System.Globalization;
using System.Text;

namespace Kodama.Discovery;

/// <summary>A hub's name, as people read it, from what it has told by either way.</summary>
internal static class HubName
{
    private const int MaxLength = 256;

    /// <param name="label">The instance's, if it is known by mDNS. It tells two hubs of one name apart: "Lounge (2)".</param>
    /// <param name="details">What the hub tells of itself.</param>
    /// <param name="host">What else there is.</param>
    public static string Of(string? label, IReadOnlyDictionary<string, string> details, string host)
    {
        var told = Told(details, "name") ?? Told(details, "roomName");
        return Printable(label is not null && (told is null || IsNumbered(label, told)) ? label : told ?? host);
    }

    private static string? Told(IReadOnlyDictionary<string, string> details, string key) =>
        details.TryGetValue(key, out var value) && !string.IsNullOrWhiteSpace(value) ? value : null;

    private static bool IsNumbered(string label, string name) =>
        label.StartsWith(name, StringComparison.Ordinal) && label.AsSpan(name.Length).StartsWith(" (");

    // It ends up in terminals, to which control characters are commands, and beside other names, which invisible ones would imitate or turn
    // around.
    private static string Printable(string name)
    {
        var printable = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            if (printable.Length >= MaxLength) break;
            printable.Append((IsInvisible(rune) ? Rune.ReplacementChar : rune).ToString());
        }
        return printable.ToString();
    }

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
