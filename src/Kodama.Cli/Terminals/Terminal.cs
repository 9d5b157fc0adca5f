namespace Kodama.Cli.Terminals;

/// <summary>Standard output and error, with a line or a block of them at the end that is rewritten in place where a person watches.
/// Thread-safe.</summary>
internal sealed class Terminal
{
    private const string EraseLine = "\r\e[2K";

    // DECAWM: how wide a character is, terminals do not agree on, and a line that wraps would be left behind.
    private const string WithoutWrapping = "\e[?7l";
    private const string Wrapping = "\e[?7h";

    private const int UsualHeight = 24;

    private readonly TextWriter output;
    private readonly TextWriter error;
    private readonly Func<(int Columns, int Rows)> size;
    private readonly Lock gate = new();
    private string[] status = [];
    private int? cursor;

    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="width">Columns; 0 for a file or a pipe.</param>
    /// <param name="height">Rows.</param>
    public Terminal(TextWriter output, TextWriter error, int width, int height = UsualHeight)
        : this(output, error, () => (width, height))
    {
    }

    private Terminal(TextWriter output, TextWriter error, Func<(int Columns, int Rows)> size)
    {
        this.output = output;
        this.error = error;
        this.size = size;
        IsInteractive = Width > 0;
    }

    /// <summary>Whether a person watches, rather than a file or a pipe.</summary>
    public bool IsInteractive { get; }

    /// <summary>Columns, as they are now; 0 for a file or a pipe.</summary>
    public int Width => size().Columns;

    /// <summary>Rows, as they are now.</summary>
    public int Height => size().Rows;

    public static Terminal OfProcess()
    {
        // A dumb terminal (a log of CI, an editor's shell) cannot move its cursor.
        var interactive = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb"
            && (!OperatingSystem.IsWindows() || WindowsConsole.TryReadSequences());
        return new Terminal(
            Console.Out, Console.Error,
            interactive ? () => (Math.Max(Console.WindowWidth, 1), Math.Max(Console.WindowHeight, 2)) : () => (0, UsualHeight));
    }

    public void WriteLine(string text = "") => WriteAboveStatus(output, text);

    public void WriteError(string text) => WriteAboveStatus(error, text);

    /// <summary>The last line: rewritten for a person, one more line for a file or a pipe.</summary>
    /// <param name="text">The line.</param>
    /// <param name="cursorColumn">Where the cursor is to stand, if not behind it.</param>
    public void ShowStatus(string text, int? cursorColumn = null) => Show([text], cursorColumn);

    /// <summary>The last lines, in place of those of before; for a person. Of more than the terminal has rows the first.</summary>
    public void ShowBlock(IReadOnlyCollection<string> lines) =>
        Show(lines.Count < Height ? [.. lines] : [.. lines.Take(Height - 2), "…"], null);

    /// <summary>What is written from now on comes below the status.</summary>
    public void EndStatus()
    {
        lock (gate)
        {
            if (IsInteractive && HasStatus_NeedsLock) Write(output, output.NewLine);
            (status, cursor) = ([], null);
        }
    }

    /// <summary>What is written from now on comes in its place.</summary>
    public void RemoveStatus()
    {
        lock (gate)
        {
            if (IsInteractive && HasStatus_NeedsLock) Write(output, Erase_NeedsLock());
            (status, cursor) = ([], null);
        }
    }

    private void Show(string[] lines, int? cursorColumn)
    {
        lock (gate)
        {
            if (lines.AsSpan().SequenceEqual(status) && cursorColumn == cursor) return;
            var erase = Erase_NeedsLock();
            (status, cursor) = (lines, cursorColumn);
            Write(output, IsInteractive ? erase + Shown_NeedsLock() : string.Join(output.NewLine, lines) + output.NewLine);
        }
    }

    private void WriteAboveStatus(TextWriter writer, string text)
    {
        lock (gate)
        {
            var above = IsInteractive && HasStatus_NeedsLock;
            if (above) Write(output, Erase_NeedsLock());
            Write(writer, text + writer.NewLine);
            if (above) Write(output, Shown_NeedsLock());
        }
    }

    private bool HasStatus_NeedsLock => status is [{ Length: > 0 }, ..];

    private string Erase_NeedsLock() => status.Length > 1 ? $"\r\e[{status.Length - 1}A\e[J" : EraseLine;

    private string Shown_NeedsLock() => status.Length > 1
        ? WithoutWrapping + string.Join('\n', status.Select(Fitting)) + Wrapping
        : Fitting(status[0]) + (cursor switch { null => "", 0 => "\r", var column => $"\r\e[{column}C" });

    // A line that wraps cannot be erased with one sequence.
    private string Fitting(string line) =>
        Columns.Fit(line, Width - 1) is var fits && fits.Length < line.Length && line.Contains('\e') ? fits + TextStyle.End : fits;

    // A terminal that is closed reads no more, and the signal of it is on its way. A file that is full is a fault.
    private void Write(TextWriter writer, string text)
    {
        try
        {
            writer.Write(text);
        }
        catch (IOException) when (IsInteractive)
        {
        }
    }
}
