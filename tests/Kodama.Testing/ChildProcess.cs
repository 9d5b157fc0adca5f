using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Kodama.Testing;

/// <summary>A process that a test started, its lines as they come, and its end with the test's.</summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Terminate = 15;

    private readonly Process process;
    private readonly Channel<string> output = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> errors = new();
    private bool isDisposed;

    private ChildProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is null) output.Writer.TryComplete();
            else output.Writer.TryWrite(e.Data);
        };
        process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is not null) errors.Enqueue(e.Data);
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Starts a program, in this process's own folder unless another is given.</summary>
    public static ChildProcess Start(
        string file,
        IEnumerable<string> arguments,
        string? workingDirectory = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = workingDirectory ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new ChildProcess(new Process { StartInfo = start });
    }

    /// <summary>What it wrote to its standard error.</summary>
    public string Errors => string.Join('\n', errors);

    /// <summary>All lines that it writes from now on, until its output ends; for one reader.</summary>
    public IAsyncEnumerable<string> Lines => output.Reader.ReadAllAsync();

    public async Task WriteLineAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>The next line it wrote. Fails, with what it wrote to its standard error, if there is none.</summary>
    public async Task<string> ReadLineAsync(TimeSpan? deadline = null)
    {
        try
        {
            return await output.Reader.ReadAsync().AsTask().Within(deadline);
        }
        catch (Exception exception) when (exception is ChannelClosedException or TimeoutException)
        {
            throw new InvalidOperationException($"{this} wrote no line. Standard error:\n{Errors}", exception);
        }
    }

    /// <summary>Reads on to the line that contains the text.</summary>
    public async Task<string> ReadUntilAsync(string text, TimeSpan? deadline = null)
    {
        while (true)
        {
            var line = await ReadLineAsync(deadline);
            if (line.Contains(text, StringComparison.Ordinal)) return line;
        }
    }

    /// <summary>Waits until it ends by itself, which must be well.</summary>
    public async Task EndAsync()
    {
        await process.WaitForExitAsync().Within();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{this} ended with {process.ExitCode}. Standard error:\n{Errors}");
    }

    /// <summary>Asks it to end (SIGTERM), and waits until it has, well.</summary>
    public async Task StopAsync()
    {
        if (!process.HasExited && Kill(process.Id, Terminate) != 0)
            throw new InvalidOperationException($"{this} cannot be asked to end.");
        await EndAsync();
    }

    public override string ToString() => $"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)}";

    public async ValueTask DisposeAsync()
    {
        if (isDisposed) return;
        isDisposed = true;
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync().Within();
        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
