namespace Kodama.Cli.Terminals;

/// <summary>Standard output and error, with one line at the end that is rewritten in place where a person watches. Thread-safe.</summary>
internal sealed class Terminal(TextWriter output, TextWriter error, int width)
{
    private const string EraseLine = "\r\e[2K";

    private readonly Lock gate = new();
    private string status = "";

    /// <summary>Whether a person watches, rather than a file or a pipe.</summary>
    public bool IsInteractive => width > 0;

    /// <summary>Columns; 0 for a file or a pipe.</summary>
    public int Width => width;

    public static Terminal OfProcess()
    {
        // A dumb terminal (a log of CI, an editor's shell) cannot move its cursor.
        var interactive = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        return new Terminal(Console.Out, Console.Error, interactive ? Math.Max(Console.WindowWidth, 1) : 0);
    }

    public void WriteLine(string text = "") => WriteAboveStatus(output, text);

    public void WriteError(string text) => WriteAboveStatus(error, text);

    /// <summary>The last line: rewritten for a person, one more line for a file or a pipe.</summary>
    public void ShowStatus(string text)
    {
        lock (gate)
        {
            if (text == status) return;
            status = text;
            if (IsInteractive) output.Write(EraseLine + Fit(text));
            else output.WriteLine(text);
        }
    }

    /// <summary>What is written from now on comes below the status.</summary>
    public void EndStatus()
    {
        lock (gate)
        {
            if (IsInteractive && status.Length > 0) output.WriteLine();
            status = "";
        }
    }

    private void WriteAboveStatus(TextWriter writer, string text)
    {
        lock (gate)
        {
            var above = IsInteractive && status.Length > 0;
            if (above) output.Write(EraseLine);
            writer.WriteLine(text);
            if (above) output.Write(Fit(status));
        }
    }

    // A line that wraps cannot be erased with one sequence.
    private string Fit(string text) => text.Length < width ? text : text[..(width - 1)];
}
