using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;

namespace Kodama;

/// <summary>Finds words of a list in a text, without regard to case.</summary>
internal sealed class WordList
{
    private readonly SearchValues<string> search;
    private readonly FrozenDictionary<char, string[]> byFirst;

    public WordList(IEnumerable<string> words)
    {
        var list = words.Select(word => word.Trim()).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        if (list.Length == 0 || list.Contains("")) throw new ArgumentException("Name at least one word, and no empty one.", nameof(words));
        search = SearchValues.Create(list, StringComparison.OrdinalIgnoreCase);
        // The longest first: of "bad" and "bad luck" at one place, all of it is found.
        byFirst = list.GroupBy(word => char.ToUpperInvariant(word[0]))
            .ToFrozenDictionary(g => g.Key, g => g.OrderByDescending(w => w.Length).ToArray());
    }

    /// <summary>The first word at or after <paramref name="start"/>: where it stands and its length; a length of 0, when there is
    /// none.</summary>
    public (int Index, int Length) Find(ReadOnlySpan<char> text, int start)
    {
        while (start < text.Length)
        {
            var found = text[start..].IndexOfAny(search);
            if (found < 0) break;
            start += found;
            var length = LongestAt(text, start);
            if (length > 0) return (start, length);
            start++;
        }
        return default;
    }

    private int LongestAt(ReadOnlySpan<char> text, int index)
    {
        if (!byFirst.TryGetValue(char.ToUpperInvariant(text[index]), out var words)) return 0;
        foreach (var word in words)
        {
            if (!text[index..].StartsWith(word, StringComparison.OrdinalIgnoreCase)) continue;
            if (IsBoundary(text, index) && IsBoundary(text, index + word.Length)) return word.Length;
        }
        return 0;
    }

    private static bool IsBoundary(ReadOnlySpan<char> text, int index) =>
        index == 0 || index == text.Length || !IsPartOfSpacedWord(text[index - 1]) || !IsPartOfSpacedWord(text[index]);

    private static bool IsPartOfSpacedWord(char c)
    {
        if (IsOfUnspacedScript(c)) return false;
        return char.IsLetterOrDigit(c) || c == '_'
            || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
    }

    // Thai and Lao; Burmese; Khmer; kana; CJK with its extension A; CJK compatibility; half-width kana.
    private static bool IsOfUnspacedScript(char c) =>
        c is (>= '\u0E00' and <= '\u0EFF') or (>= '\u1000' and <= '\u109F') or (>= '\u1780' and <= '\u17FF')
            or (>= '\u3040' and <= '\u31FF') or (>= '\u3400' and <= '\u9FFF')
            or (>= '\uF900' and <= '\uFAFF') or (>= '\uFF66' and <= '\uFF9F');
}
