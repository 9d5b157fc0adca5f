namespace Kodama.Cli.Terminals;

/// <summary>A row of a table: each cell is one or more lines.</summary>
internal sealed record TableRow(string[][] Cells, TextStyle Style);

/// <summary>A table as lines, its columns as wide as they must be, two spaces apart. The last takes what the terminal has left, and
/// wraps at its commas.</summary>
internal static class TextTable
{
    private const string Gap = "  ";

    // Of a terminal that has less left, the lines are longer than it.
    private const int LeastLast = 16;

    /// <param name="rows">Of equally many cells.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<TableRow> rows, int width)
    {
        var last = rows[0].Cells.Length - 1;
        var widths = Enumerable.Range(0, last)
            .Select(column => rows.Max(row => row.Cells[column].Max(line => Columns.Of(line))))
            .ToArray();
        var left = Math.Max(LeastLast, width - 1 - widths.Sum(taken => taken + Gap.Length));
        foreach (var (cells, style) in rows)
        {
            string[][] drawn = [.. cells[..last], [.. cells[last].SelectMany(line => Wrapped(line, left))]];
            for (var i = 0; i < drawn.Max(cell => cell.Length); i++)
            {
                var line = drawn.Select((cell, column) => Padded(i < cell.Length ? cell[i] : "", column < last ? widths[column] : 0));
                yield return style.Of(string.Join(Gap, line).TrimEnd());
            }
        }
    }

    private static string Padded(string text, int columns) => text + new string(' ', Math.Max(0, columns - Columns.Of(text)));

    private static IEnumerable<string> Wrapped(string text, int columns)
    {
        while (Columns.Fit(text, columns) is var fits && fits.Length < text.Length)
        {
            var comma = text.LastIndexOf(", ", fits.Length, StringComparison.Ordinal);
            var end = comma > 0 ? comma + 1 : fits.Length;
            yield return text[..end];
            text = text[end..].TrimStart();
        }
        yield return text;
    }
}
