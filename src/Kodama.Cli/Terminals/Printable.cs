using System.Globalization;
using System.Text;

namespace Kodama.Cli.Terminals;

/// <summary>
/// Text of strangers, made fit for a line of a terminal: a name may hold escape sequences that clear the screen or rewrite what stands
/// above, line breaks that forge further lines, or marks that turn the direction of what follows. All of them are shown, and none takes
/// effect.
/// </summary>
internal static class Printable
{
    private const int ZeroWidthNonJoiner = 0x200c;
    private const int ZeroWidthJoiner = 0x200d;

    /// <summary>One line: <c>\n</c>, <c>\t</c> and <c>\u{1b}</c> stand for what would not be a character of it. What is longer than
    /// <paramref name="most"/> ends with an ellipsis.</summary>
    public static string Line(string text, int most = int.MaxValue)
    {
        if (text.Length <= most && text.All(c => c is >= ' ' and <= '~')) return text;
        var line = new StringBuilder(Math.Min(text.Length, 256));
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length >= most) return line.Append('…').ToString();
            Append(line, rune);
        }
        return line.ToString();
    }

    /// <summary>One word of a command line that somebody is told to type.</summary>
    public static string Argument(string word) => word.All(char.IsLetterOrDigit) ? word : $"\"{Line(word)}\"";

    private static void Append(StringBuilder line, Rune rune)
    {
        switch (rune.Value)
        {
            case '\n': line.Append("\\n"); break;
            case '\r': line.Append("\\r"); break;
            case '\t': line.Append("\\t"); break;
            case ZeroWidthNonJoiner or ZeroWidthJoiner: line.Append(rune.ToString()); break;
            default:
                if (IsHarmless(rune)) line.Append(rune.ToString());
                else line.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
                break;
        }
    }

    // Format holds the marks of direction, and characters that are invisible altogether.
    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Surrogate);
}
