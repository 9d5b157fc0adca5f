using System.Threading.Channels;
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
        await foreach (var key in Keys().ReadAllAsync(cancellationToken))
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

    // A read of the keyboard cannot be given up: the thread that waits in it ends with the process.
    private static ChannelReader<ConsoleKeyInfo> Keys()
    {
        var keys = Channel.CreateBounded<ConsoleKeyInfo>(1024);
        var thread = new Thread(() =>
        {
            try
            {
                while (keys.Writer.WriteAsync(Console.ReadKey(intercept: true)).AsTask() is var writing) writing.GetAwaiter().GetResult();
            }
            catch (Exception exception) when (exception is InvalidOperationException or IOException)
            {
                // The terminal is gone.
                keys.Writer.TryComplete();
            }
        }) { IsBackground = true, Name = "Keyboard" };
        thread.Start();
        return keys.Reader;
    }

    private void Draw_NeedsLock()
    {
        if (!isOpen) return;
        var (shown, column) = editor.View(Math.Max(terminal.Width - 1 - prompt.Length, 1));
        terminal.ShowStatus(prompt + shown, prompt.Length + column);
    }
}
