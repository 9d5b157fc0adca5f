using Kodama.Cli.Terminals;

namespace Kodama.Cli.Connect;

/// <summary>Lines that a person types, in a prompt below everything that is written meanwhile.</summary>
internal sealed class ChatInput(Terminal terminal) : IAsyncEnumerable<string>
{
    private readonly Lock gate = new();
    private readonly LineEditor editor = new();
    private string prompt = "> ";
    private bool isOpen;

    /// <summary>What stands before the line.</summary>
    public void SetPrompt(string text)
    {
        lock (gate)
        {
            prompt = text;
            Draw_NeedsLock();
        }
    }

    public async IAsyncEnumerator<string> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            isOpen = true;
            Draw_NeedsLock();
        }
        await foreach (var key in Keyboard.Keys.ReadAllAsync(cancellationToken))
        {
            string? line;
            lock (gate)
            {
                if (editor.IsEmpty && key is { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control }) yield break;
                line = editor.Press(key);
                Draw_NeedsLock();
            }
            if (!string.IsNullOrWhiteSpace(line)) yield return line;
        }
    }

    private void Draw_NeedsLock()
    {
        if (!isOpen) return;
        var (shown, column) = editor.View(Math.Max(terminal.Width - 1 - prompt.Length, 1));
        terminal.ShowStatus(prompt + shown, prompt.Length + column);
    }
}
