using System.Diagnostics;
using System.Globalization;

namespace Kodama.Bench.Processes;

/// <summary>A process of our own: pinned to a core where that is possible, its output kept, gone when this is disposed.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int MaxLines = 50;
    private readonly Process _process;
    private readonly OutputTail _output = new(MaxLines);
    private readonly OutputTail _errors = new(MaxLines);
    private bool _disposed;

    private ChildProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => _output.Add(e.Data);
        process.ErrorDataReceived += (_, e) => _errors.Add(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>taskset replaces itself by what it starts, so this is the id of the program itself.</summary>
    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>The last lines of standard output.</summary>
    public string Output => _output.ToString();

    /// <summary>The last lines of standard error, or of standard output where there are none.</summary>
    public string Complaint => _errors.ToString() is { Length: > 0 } errors ? errors : Output;

    /// <summary>Whether programs can be pinned to a core here: by taskset, with a core for the server and one for the load.</summary>
    public static bool CanPin { get; } = Environment.ProcessorCount >= 2 && Find("taskset") is not null;

    public static ChildProcess Start(string program, IEnumerable<string> arguments, int? core = null, string? directory = null)
    {
        IEnumerable<string> line = core is { } number && CanPin
            ? ["taskset", "-c", number.ToString(CultureInfo.InvariantCulture), program, .. arguments]
            : [program, .. arguments];
        var info = new ProcessStartInfo(line.First(), line.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        };
        return new ChildProcess(new Process { StartInfo = info });
    }

    /// <summary>Where the PATH has this program, or null.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);

    /// <summary>Runs a short program to its end; what it printed, or null where it failed.</summary>
    public static async Task<string?> ReadAsync(string program, string[] arguments, string directory, CancellationToken cancellationToken)
    {
        if (Find(program) is null)
            return null;
        await using var child = Start(program, arguments, directory: directory);
        return await child.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken) && child.ExitCode == 0 ? child.Output : null;
    }

    /// <summary>False where it still runs at the deadline.</summary>
    public async Task<bool> WaitAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(deadline);
        try
        {
            await _process.WaitForExitAsync(source.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
