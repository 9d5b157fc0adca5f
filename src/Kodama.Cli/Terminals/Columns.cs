using System.Globalization;
using System.Text;

namespace Kodama.Cli.Terminals;

/// <summary>How many columns of a terminal a text takes: two for a wide character (East Asian Width W and F, UAX #11), none for one that
/// combines.</summary>
internal static class Columns
{
    // The blocks whose characters are wide, and the emoji; inclusive.
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115f), (0x231a, 0x231b), (0x23e9, 0x23ec), (0x23f0, 0x23f0), (0x23f3, 0x23f3), (0x25fd, 0x25fe), (0x2614, 0x2615),
        (0x2648, 0x2653), (0x267f, 0x267f), (0x2693, 0x2693), (0x26a1, 0x26a1), (0x26aa, 0x26ab), (0x26bd, 0x26be), (0x26c4, 0x26c5),
        (0x26ce, 0x26ce), (0x26d4, 0x26d4), (0x26ea, 0x26ea), (0x26f2, 0x26f3), (0x26f5, 0x26f5), (0x26fa, 0x26fa), (0x26fd, 0x26fd),
        (0x2705, 0x2705), (0x270a, 0x270b), (0x2728, 0x2728), (0x274c, 0x274c), (0x274e, 0x274e), (0x2753, 0x2755), (0x2757, 0x2757),
        (0x2795, 0x2797), (0x27b0, 0x27b0), (0x27bf, 0x27bf), (0x2b1b, 0x2b1c), (0x2b50, 0x2b50), (0x2b55, 0x2b55),
        (0x2e80, 0x303e), (0x3041, 0x33ff), (0x3400, 0x4dbf), (0x4e00, 0x9fff), (0xa000, 0xa4cf),
        (0xa960, 0xa97f), (0xac00, 0xd7a3), (0xf900, 0xfaff), (0xfe30, 0xfe6f), (0xff00, 0xff60), (0xffe0, 0xffe6),
        (0x1f18e, 0x1f18e), (0x1f191, 0x1f19a), (0x1f200, 0x1f265), (0x1f7e0, 0x1f7eb), (0x1f7f0, 0x1f7f0),
        (0x1f300, 0x1f64f), (0x1f680, 0x1f6ff), (0x1f900, 0x1f9ff), (0x1fa70, 0x1faff), (0x20000, 0x3fffd),
    ];

    public static int Of(ReadOnlySpan<char> text)
    {
        var columns = 0;
        foreach (var rune in text.EnumerateRunes()) columns += Of(rune);
        return columns;
    }

    public static int Of(Rune rune)
    {
        if (rune.Value < 0x300) return 1;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
            return 0;
        foreach (var (first, last) in Wide)
        {
            if (rune.Value >= first && rune.Value <= last) return 2;
        }
        return 1;
    }

    /// <summary>The text, or as much of it as fits with an ellipsis behind.</summary>
    public static string Cut(string text, int columns) => Of(text) <= columns ? text : Fit(text, columns - 1) + "…";

    /// <summary>As much of the beginning as fits. A sequence of style (<see cref="TextStyle"/>) takes no columns.</summary>
    public static string Fit(string text, int columns)
    {
        if (text.Length < columns && text.All(c => c < 0x300)) return text;
        var (taken, length) = (0, 0);
        var inSequence = false;
        foreach (var rune in text.EnumerateRunes())
        {
            inSequence |= rune.Value == '\e';
            taken += inSequence ? 0 : Of(rune);
            inSequence &= rune.Value != 'm';
            if (taken > columns) break;
            length += rune.Utf16SequenceLength;
        }
        return text[..length];
    }
}
