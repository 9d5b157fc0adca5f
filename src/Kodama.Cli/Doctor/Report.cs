using Kodama.Cli.Terminals;

namespace Kodama.Cli.Doctor;

/// <summary>Writes findings as they come, under headings, and counts what is wrong.</summary>
internal sealed class Report(Terminal terminal)
{
    private const int Margin = 4;
    private const int NarrowPage = 40;
    private const int WidePage = 100;

    public int Bad { get; private set; }

    public void Heading(string title) => terminal.WriteLine(terminal.IsInteractive ? $"\n\e[1m{title}\e[0m" : $"\n{title}");

    public void Write(Finding finding)
    {
        if (finding.Verdict == Verdict.Bad) Bad++;
        WriteWrapped(Mark(finding.Verdict), finding.Text);
        if (finding.Next is { } next) WriteWrapped("   →", next);
    }

    private string Mark(Verdict verdict) => (verdict, terminal.IsInteractive) switch
    {
        (Verdict.Good, true) => "\e[32m ok \e[0m",
        (Verdict.Note, true) => "\e[33mnote\e[0m",
        (Verdict.Bad, true) => "\e[1;31mbad \e[0m",
        (Verdict.Good, false) => " ok ",
        (Verdict.Note, false) => "note",
        _ => "bad ",
    };

    // On a pipe a finding is one line, which a script can search.
    private void WriteWrapped(string mark, string text)
    {
        var printable = Printable.Line(text);
        if (!terminal.IsInteractive)
        {
            terminal.WriteLine($"{mark} {printable}");
            return;
        }
        var first = true;
        foreach (var line in Wrap(printable, Math.Clamp(terminal.Width - Margin - 2, NarrowPage, WidePage)))
        {
            terminal.WriteLine($"{(first ? mark : new string(' ', Margin))} {line}");
            first = false;
        }
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && Columns.Of(line) + 1 + Columns.Of(word) > width)
            {
                yield return line;
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        yield return line;
    }
}
