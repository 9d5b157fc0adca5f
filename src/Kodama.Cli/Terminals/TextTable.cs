namespace Kodama.Cli.Terminals;

/// <summary>A row of a table: each cell is one or more lines.</summary>
internal sealed record TableRow(string[][] Cells, TextStyle Style);

/// <summary>A table as lines, its columns as wide as they must be, two spaces apart. The last takes what the terminal has left, and
/// wraps at its commas. Where there is no room for that, each row can be a block of lines.</summary>
internal static class TextTable
{
    private const string Gap = "  ";

    // Of a terminal that has less left, the lines are longer than it.
    private const int LeastLast = 16;

    // What a wide character takes: with less, a line would never be filled.
    private const int LeastLine = 2;

    /// <summary>Whether no line of the table is longer than the terminal.</summary>
    public static bool Fits(IReadOnlyList<TableRow> rows, int width) =>
        Widths(rows).Sum(taken => taken + Gap.Length) + LeastLast < width;

    /// <summary>Each row as a block: its first cell, then, indented, every line of the others. Nothing is cut.</summary>
    public static IEnumerable<string> Blocks(IReadOnlyList<TableRow> rows, int width) =>
        from row in rows
        from cell in row.Cells.Index()
        let indent = cell.Index == 0 ? "" : Gap
        from text in cell.Item.Where(text => text.Length > 0)
        from line in Wrapped(text, Math.Max(LeastLine, width - 1 - indent.Length))
        select row.Style.Of(indent + line);

    /// <param name="rows">Of equally many cells.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<TableRow> rows, int width)
    {
        var last = rows[0].Cells.Length - 1;
        var widths = Widths(rows);
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

    private static int[] Widths(IReadOnlyList<TableRow> rows) =>
    [
        .. Enumerable.Range(0, rows[0].Cells.Length - 1)
            .Select(column => rows.Max(row => row.Cells[column].Max(line => Columns.Of(line)))),
    ];

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
