using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace Kodama.Cli.Tests.Support;

/// <summary>The built command line in a process of its own, with pipes for its input and output.</summary>
internal sealed partial class KodamaProcess : IAsyncDisposable
{
    public const int Interrupt = 2;
    public const int Killed = 9;
    public const int Terminate = 15;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "kodama.dll");

    /// <summary>Whether it is the native binary that is started (<c>./test.sh --native</c>).</summary>
    public static bool IsNative => Environment.GetEnvironmentVariable("KODAMA_NATIVE") is not null;

    private const string ConfigurationVariable = "XDG_CONFIG_HOME";

    private readonly Process process;
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private readonly StringBuilder output = new();
    private readonly Task reading;
    private TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<string> error;

    private KodamaProcess(ProcessStartInfo start)
    {
        // The hubs that a user has met are none of a test's.
        if (!start.Environment.ContainsKey(ConfigurationVariable))
            start.Environment[ConfigurationVariable] = Directory.CreateTempSubdirectory("kodama-config-").FullName;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        process = Process.Start(start)!;
        reading = ReadAsync();
        error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts it with these arguments, in an empty directory unless one is given.</summary>
    public static KodamaProcess Start(
        IEnumerable<string> arguments, string? directory = null, params (string Name, string Value)[] environment)
    {
        // A shell that runs the tests in the background has SIGINT ignored, and children inherit that.
        var start = OperatingSystem.IsLinux()
            ? new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Program, .. arguments])
            : new("dotnet", [Program, .. arguments]);
        start.WorkingDirectory = directory ?? Directory.CreateTempSubdirectory("kodama-cli-").FullName;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new KodamaProcess(start);
    }

    /// <summary>Starts it with a reader of its output that leaves after one line; its exit code is in the error output, as
    /// <c>exit=0</c>.</summary>
    public static KodamaProcess StartForOneLine(params string[] arguments) =>
        new(new ProcessStartInfo("sh", ["-c", "(dotnet \"$@\"; echo exit=$? >&2) | head -n 1", "sh", Program, .. arguments]));

    /// <summary>Starts it with a limit of file descriptors, soft and hard.</summary>
    public static KodamaProcess StartWithDescriptors(int limit, params string[] arguments) =>
        new(new ProcessStartInfo("bash", ["-c", $"ulimit -n {limit}; exec dotnet \"$@\"", "bash", Program, .. arguments]));

    /// <summary>Starts it on a terminal of 120 columns, whose keyboard is <see cref="TypeAsync"/>.</summary>
    public static KodamaProcess StartOnTerminal(string arguments)
    {
        var start = new ProcessStartInfo(
            "script",
            [
                "--quiet", "--flush", "--return",
                "--command", $"stty cols 120 rows 50; exec env --default-signal=INT dotnet '{Program}' {arguments}",
                "/dev/null",
            ]);
        start.Environment["TERM"] = "xterm-256color";
        return new KodamaProcess(start);
    }

    public static async Task<Exit> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        return await process.ExitAsync();
    }

    /// <summary>The address at which a hub started with <c>--port 0 --host 127.0.0.1</c> listens, without its query.</summary>
    public async Task<Uri> AddressAsync() =>
        new(new Uri((await LineAsync(line => line.Contains("://", StringComparison.Ordinal))).Trim()).GetLeftPart(UriPartial.Authority));

    /// <summary>The next line of its output that fits.</summary>
    public async Task<string> LineAsync(Func<string, bool> fits)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(deadline.Token))
            {
                if (fits(line)) return line;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"No such line within {Deadline}; the output is:\n{Output}");
        }
        throw new EndOfStreamException($"It ended without such a line. Output:\n{Output}\nError:\n{await error.WaitAsync(Deadline)}");
    }

    /// <summary>Returns once its output ends with this: a line that is rewritten in place has no end of its own.</summary>
    public async Task EndingAsync(string text)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            Task more;
            lock (output)
            {
                if (Output.EndsWith(text, StringComparison.Ordinal)) return;
                more = written.Task;
            }
            await more.WaitAsync(deadline.Token);
        }
    }

    public void Signal(int signal) => Assert.Equal(0, Kill(process.Id, signal));

    /// <summary>Signals again and again, as one who has lost patience, until it is gone.</summary>
    public Task SignalUntilExitAsync(int signal) => Testing.Deadline.UntilAsync(() => process.HasExited || Kill(process.Id, signal) != 0);

    public async Task TypeAsync(string keys)
    {
        await process.StandardInput.WriteAsync(keys);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>Writes all of its standard input, and ends it.</summary>
    public async Task FeedAsync(string input)
    {
        await TypeAsync(input);
        process.StandardInput.Close();
    }

    public async Task<Exit> ExitAsync()
    {
        await process.WaitForExitAsync().WaitAsync(Deadline);
        await reading.WaitAsync(Deadline);
        return new Exit(process.ExitCode, Output, await error.WaitAsync(Deadline));
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync().WaitAsync(Deadline);
        process.Dispose();
    }

    private string Output
    {
        get
        {
            lock (output) return output.ToString();
        }
    }

    // A terminal's live line ends with a carriage return at most, so that is a line's end too.
    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        var line = new StringBuilder();
        while (await process.StandardOutput.ReadAsync(buffer) is > 0 and var count)
        {
            lock (output)
            {
                output.Append(buffer, 0, count);
                written.SetResult();
                written = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            foreach (var character in buffer.AsSpan(0, count))
            {
                if (character is not ('\n' or '\r'))
                {
                    line.Append(character);
                    continue;
                }
                if (line.Length > 0) lines.Writer.TryWrite(line.ToString());
                line.Clear();
            }
        }
        if (line.Length > 0) lines.Writer.TryWrite(line.ToString());
        lines.Writer.Complete();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
