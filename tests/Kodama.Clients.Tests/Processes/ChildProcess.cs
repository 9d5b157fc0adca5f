using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Kodama.Clients.Tests.Processes;

/// <summary>A process that a test started, its lines as they come, and its end with the test's.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Terminate = 15;

    private readonly Process process;
    private readonly Channel<string> output = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> errors = new();

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

    public static ChildProcess Start(string file, IEnumerable<string> arguments, string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = workingDirectory ?? Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new ChildProcess(new Process { StartInfo = start });
    }

    public async Task WriteLineAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>The next line it wrote. Fails, with what it wrote to its standard error, if there is none.</summary>
    public async Task<string> ReadLineAsync()
    {
        try
        {
            return await output.Reader.ReadAsync().AsTask().WithDeadline();
        }
        catch (Exception exception) when (exception is ChannelClosedException or TimeoutException)
        {
            throw new InvalidOperationException($"{this} wrote no line. Standard error:\n{string.Join('\n', errors)}", exception);
        }
    }

    /// <summary>Reads on to the line that contains the text.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        while (true)
        {
            var line = await ReadLineAsync();
            if (line.Contains(text, StringComparison.Ordinal)) return line;
        }
    }

    /// <summary>Waits until it ends by itself, which must be well.</summary>
    public async Task EndAsync()
    {
        await process.WaitForExitAsync().WithDeadline();
        Assert.True(process.ExitCode == 0, $"{this} ended with {process.ExitCode}. Standard error:\n{string.Join('\n', errors)}");
    }

    /// <summary>Asks it to end (SIGTERM), and waits until it has, well.</summary>
    public async Task StopAsync()
    {
        if (!process.HasExited) Assert.Equal(0, Kill(process.Id, Terminate));
        await EndAsync();
    }

    public override string ToString() => $"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)}";

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync().WithDeadline();
        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
