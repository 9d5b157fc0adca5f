namespace Kodama.Cli.Terminals;

/// <summary>Standard output and error, with one line at the end that is rewritten in place where a person watches. Thread-safe.</summary>
internal sealed class Terminal
{
    private const string EraseLine = "\r\e[2K";

    private readonly TextWriter output;
    private readonly TextWriter error;
    private readonly Func<int> width;
    private readonly Lock gate = new();
    private string status = "";
    private int? cursor;

    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="width">Columns; 0 for a file or a pipe.</param>
    public Terminal(TextWriter output, TextWriter error, int width)
        : this(output, error, () => width)
    {
    }

    private Terminal(TextWriter output, TextWriter error, Func<int> width)
    {
        this.output = output;
        this.error = error;
        this.width = width;
        IsInteractive = width() > 0;
    }

    /// <summary>Whether a person watches, rather than a file or a pipe.</summary>
    public bool IsInteractive { get; }

    /// <summary>Columns, as they are now; 0 for a file or a pipe.</summary>
    public int Width => width();

    public static Terminal OfProcess()
    {
        // A dumb terminal (a log of CI, an editor's shell) cannot move its cursor.
        var interactive = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        return new Terminal(Console.Out, Console.Error, interactive ? () => Math.Max(Console.WindowWidth, 1) : () => 0);
    }

    public void WriteLine(string text = "") => WriteAboveStatus(output, text);

    public void WriteError(string text) => WriteAboveStatus(error, text);

    /// <summary>The last line: rewritten for a person, one more line for a file or a pipe.</summary>
    /// <param name="text">The line.</param>
    /// <param name="cursorColumn">Where the cursor is to stand, if not behind it.</param>
    public void ShowStatus(string text, int? cursorColumn = null)
    {
        lock (gate)
        {
            if (text == status && cursorColumn == cursor) return;
            (status, cursor) = (text, cursorColumn);
            if (IsInteractive) output.Write(EraseLine + Shown());
            else output.WriteLine(text);
        }
    }

    /// <summary>What is written from now on comes below the status.</summary>
    public void EndStatus()
    {
        lock (gate)
        {
            if (IsInteractive && status.Length > 0) output.WriteLine();
            (status, cursor) = ("", null);
        }
    }

    /// <summary>What is written from now on comes in its place.</summary>
    public void RemoveStatus()
    {
        lock (gate)
        {
            if (IsInteractive && status.Length > 0) output.Write(EraseLine);
            (status, cursor) = ("", null);
        }
    }

    private void WriteAboveStatus(TextWriter writer, string text)
    {
        lock (gate)
        {
            var above = IsInteractive && status.Length > 0;
            if (above) output.Write(EraseLine);
            writer.WriteLine(text);
            if (above) output.Write(Shown());
        }
    }

    // A line that wraps cannot be erased with one sequence.
    private string Shown() => Columns.Fit(status, width() - 1) + (cursor switch { null => "", 0 => "\r", var column => $"\r\e[{column}C" });
}
