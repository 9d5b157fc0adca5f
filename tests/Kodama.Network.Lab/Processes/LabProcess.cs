using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Kodama.Network.Lab.Processes;

/// <summary>A process on a host of the laboratory. Its lines are awaited with deadlines, and it ends with the laboratory at the
/// latest.</summary>
public sealed partial class LabProcess : IAsyncDisposable
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    private readonly Process process;
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> transcript = new();
    private readonly Task reading;
    private bool disposed;

    internal LabProcess(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        process = Process.Start(start)!;
        Id = process.Id;
        reading = Task.WhenAll(ReadAsync(process.StandardOutput, lines.Writer), ReadAsync(process.StandardError, null));
    }

    public int Id { get; }

    public bool HasExited => process.HasExited;

    public async Task WriteLineAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line).WaitAsync(Deadline.Step);
        await process.StandardInput.FlushAsync().WaitAsync(Deadline.Step);
    }

    /// <summary>Ends its standard input.</summary>
    public void CloseInput() => process.StandardInput.Close();

    /// <summary>Reads on to the line of its standard output that fits.</summary>
    public async Task<string> LineAsync(Func<string, bool> fits, TimeSpan? deadline = null)
    {
        var limit = deadline ?? Deadline.Step;
        using var late = new CancellationTokenSource(limit);
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(late.Token))
            {
                if (fits(line)) return line;
            }
        }
        catch (OperationCanceledException)
        {
            throw new LabException($"{this} wrote no such line within {limit}. It wrote:\n{Transcript}");
        }
        throw new LabException($"{this} ended without such a line. It wrote:\n{Transcript}");
    }

    public Task<string> LineAsync(string part, TimeSpan? deadline = null) =>
        LineAsync(line => line.Contains(part, StringComparison.Ordinal), deadline);

    /// <summary>All lines of its standard output, as they come, until it ends.</summary>
    public IAsyncEnumerable<string> LinesAsync(CancellationToken cancellationToken = default) =>
        lines.Reader.ReadAllAsync(cancellationToken);

    public void Signal(int signal)
    {
        if (!process.HasExited) Send(Id, signal);
    }

    /// <summary>Waits until it has ended; the answer is its exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan? deadline = null)
    {
        try
        {
            await process.WaitForExitAsync().WaitAsync(deadline ?? Deadline.Step);
            await reading.WaitAsync(Deadline.Step);
        }
        catch (TimeoutException exception)
        {
            throw new LabException($"{this} did not end. It wrote:\n{Transcript}", exception);
        }
        return process.ExitCode;
    }

    /// <summary>Everything it wrote so far, to its standard output and its standard error.</summary>
    public string Transcript => string.Join('\n', transcript);

    public override string ToString() => $"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)}";

    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        Signal(Kill);
        await process.WaitForExitAsync().WaitAsync(Deadline.Step);
        process.Dispose();
    }

    internal static void Send(int process, int signal) => _ = SendSignal(process, signal);

    private async Task ReadAsync(StreamReader reader, ChannelWriter<string>? writer)
    {
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                transcript.Enqueue(line);
                writer?.TryWrite(line);
            }
        }
        catch (ObjectDisposedException)
        {
            // It was disposed of while a grandchild still held its output open.
        }
        writer?.TryComplete();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
