using System.Diagnostics;

namespace Kodama.Sqlite.Tests;

/// <summary>A hub in a process of its own that publishes, and what it told of it.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process process;
    private readonly List<Told> told = [];

    private Child(Process process) => this.process = process;

    public IReadOnlyList<Told> Told => told;

    /// <param name="folder">Of its rooms.</param>
    /// <param name="publishers">How many.</param>
    /// <param name="count">Messages of each; 0 until it is killed.</param>
    /// <param name="tracer">What runs it, and its arguments.</param>
    public static Child Start(string folder, int publishers, int count = 0, params string[] tracer)
    {
        var program = Path.Combine(AppContext.BaseDirectory.Replace("Kodama.Sqlite.Tests", "Kodama.Sqlite.Program",
            StringComparison.Ordinal), "Kodama.Sqlite.Program");
        List<string> command = [.. tracer, program, "publish", folder, $"{publishers}"];
        if (count > 0) command.Add($"{count}");
        return new Child(Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true })!);
    }

    /// <summary>Reads until it has told so many acknowledgements; false, when it ended before.</summary>
    public async Task<bool> ReadAsync(int acknowledged)
    {
        while (acknowledged > 0)
        {
            if (await ReadLineAsync() is not { } line) return false;
            if (line.Word == "ack") acknowledged--;
        }
        return true;
    }

    /// <summary>Reads to its end, and waits for it.</summary>
    public async Task ReadToEndAsync()
    {
        while (await ReadLineAsync() is not null)
        {
        }
        await process.WaitForExitAsync().WithDeadline();
    }

    /// <summary>As <c>kill -9</c>, and what it had told until then.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await ReadToEndAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private async Task<Told?> ReadLineAsync()
    {
        if (await process.StandardOutput.ReadLineAsync().WithDeadline() is not { } line) return null;
        // The last line may have been cut by the kill.
        if (line.Split(' ') is not [var word, var offset, var text] || !text.EndsWith('.')) return new Told("", 0, line);
        told.Add(new Told(word, long.Parse(offset), text));
        return told[^1];
    }
}

/// <summary>A line of a <see cref="Child"/>: <c>ack</c>, <c>seen</c>, or why it was refused.</summary>
internal sealed record Told(string Word, long Offset, string Text);
