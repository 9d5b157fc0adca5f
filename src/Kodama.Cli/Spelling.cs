namespace Kodama.Cli;

/// <summary>What somebody may have meant who has written something else.</summary>
internal static class Spelling
{
    /// <summary>Of these names the one that is least apart from what was written; null, where none is near.</summary>
    public static string? Nearest(string written, IEnumerable<string> names)
    {
        var best = names.Select(name => (name, apart: Apart(written, name))).OrderBy(n => n.apart).FirstOrDefault();
        // A third of a short name changed is another name.
        return best.name is { } found && best.apart <= Math.Min(3, found.Trim('-').Length / 3) ? found : null;
    }

    /// <summary>How many letters must be put in, left out, replaced, or swapped with their neighbour.</summary>
    internal static int Apart(string one, string other)
    {
        var rows = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++) rows[i, j] = Least(i, j);
        }
        return rows[one.Length, other.Length];

        int Least(int i, int j)
        {
            if (i == 0 || j == 0) return i + j;
            var isSame = char.ToLowerInvariant(one[i - 1]) == char.ToLowerInvariant(other[j - 1]);
            var least = Math.Min(rows[i - 1, j - 1] + (isSame ? 0 : 1), Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
            return i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1]
                ? Math.Min(least, rows[i - 2, j - 2] + 1)
                : least;
        }
    }
}
