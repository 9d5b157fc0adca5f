using System.Text;

namespace Kodama.Cli.Terminals;

/// <summary>One line that a person types: keys in, text and cursor out. Knows no terminal.</summary>
internal sealed class LineEditor
{
    private const int MaxHistory = 100;
    private const int MaxLength = 64 * 1024;

    private readonly StringBuilder text = new();
    private readonly List<string> history = [];
    private int cursor;
    private int recalled;

    public string Text => text.ToString();

    public bool IsEmpty => text.Length == 0;

    /// <summary>Takes a key. The line, when it is finished by Enter; else null.</summary>
    public string? Press(ConsoleKeyInfo key)
    {
        var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        switch (key.Key)
        {
            case ConsoleKey.Enter: return Finish();
            case ConsoleKey.Backspace: Remove(Before(cursor), cursor); break;
            case ConsoleKey.Delete: Remove(cursor, After(cursor)); break;
            case ConsoleKey.LeftArrow: cursor = control ? WordBefore(cursor) : Before(cursor); break;
            case ConsoleKey.RightArrow: cursor = After(cursor); break;
            case ConsoleKey.Home: cursor = 0; break;
            case ConsoleKey.End: cursor = text.Length; break;
            case ConsoleKey.UpArrow: Recall(recalled - 1); break;
            case ConsoleKey.DownArrow: Recall(recalled + 1); break;
            case ConsoleKey.A when control: cursor = 0; break;
            case ConsoleKey.E when control: cursor = text.Length; break;
            case ConsoleKey.U when control: Remove(0, cursor); break;
            case ConsoleKey.K when control: Remove(cursor, text.Length); break;
            case ConsoleKey.W when control: Remove(WordBefore(cursor), cursor); break;
            default:
                if (!char.IsControl(key.KeyChar)) Insert(key.KeyChar);
                break;
        }
        return null;
    }

    /// <summary>The part around the cursor that fits into so many columns, printable, and the column of the cursor in it.</summary>
    public (string Shown, int CursorColumn) View(int columns)
    {
        var line = text.ToString();
        var start = 0;
        // The cursor has a column of its own, behind the last character.
        while (Columns.Of(Printable.Line(line[start..cursor])) >= columns) start += Math.Max(1, After(start) - start);
        var before = Printable.Line(line[start..cursor]);
        var column = Columns.Of(before);
        return (before + Columns.Fit(Printable.Line(line[cursor..]), columns - 1 - column), column);
    }

    private string Finish()
    {
        var line = text.ToString();
        text.Clear();
        cursor = 0;
        if (line.Length > 0 && (history.Count == 0 || history[^1] != line)) history.Add(line);
        if (history.Count > MaxHistory) history.RemoveAt(0);
        recalled = history.Count;
        return line;
    }

    private void Insert(char character)
    {
        if (text.Length >= MaxLength) return;
        text.Insert(cursor++, character);
    }

    private void Remove(int from, int to)
    {
        text.Remove(from, to - from);
        cursor = from;
    }

    private void Recall(int index)
    {
        if (index < 0 || index > history.Count) return;
        recalled = index;
        text.Clear();
        if (index < history.Count) text.Append(history[index]);
        cursor = text.Length;
    }

    // A character outside the basic plane is two chars, between which no cursor stands.
    private int Before(int position) => position switch
    {
        0 => 0,
        > 1 when char.IsLowSurrogate(text[position - 1]) && char.IsHighSurrogate(text[position - 2]) => position - 2,
        _ => position - 1,
    };

    private int After(int position) => position >= text.Length ? text.Length
        : position + 1 < text.Length && char.IsHighSurrogate(text[position]) && char.IsLowSurrogate(text[position + 1]) ? position + 2
        : position + 1;

    private int WordBefore(int position)
    {
        while (position > 0 && char.IsWhiteSpace(text[position - 1])) position--;
        while (position > 0 && !char.IsWhiteSpace(text[position - 1])) position--;
        return position;
    }
}
