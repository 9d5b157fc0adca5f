using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace Kodama.Samples.Tests;

/// <summary>A sample as a user runs it: a process of its own on a free port, known by what it prints.</summary>
internal sealed partial class SampleProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private readonly StringBuilder printed = new();

    private SampleProcess(Process process) => this.process = process;

    /// <summary>Where it listens, on the loopback interface.</summary>
    public Uri Address { get; private set; } = null!;

    public Uri WebSocketAddress(string path) => new UriBuilder(new Uri(Address, path)) { Scheme = "ws" }.Uri;

    /// <summary>Starts it, and waits until it says where it listens.</summary>
    public static Task<SampleProcess> StartAsync(string sample, params string[] arguments) =>
        RunAsync(
            sample, "dotnet", [Path.Combine(Folder(sample), "bin", Metadata("Configuration"), "net10.0", $"{sample}.dll"), .. arguments]);

    /// <summary>Starts <c>kodama serve</c>, at a free port unless one is given, and waits until it says where it listens.</summary>
    public static Task<SampleProcess> ServeAsync(params string[] arguments)
    {
        string[] port = arguments.Contains("--port") ? [] : ["--port", "0"];
        return RunAsync("kodama", "dotnet", [Metadata("Kodama"), "serve", .. port, "--host", "127.0.0.1", "--quiet", .. arguments]);
    }

    /// <summary>Starts what is no program of .NET, in the folder of a sample.</summary>
    public static Task<SampleProcess> StartScriptAsync(string sample, string program, params string[] arguments) =>
        RunAsync(sample, program, arguments, Folder(sample));

    /// <summary>Where a sample is.</summary>
    public static string Folder(string sample) => Path.Combine(Metadata("Samples"), sample);

    private static async Task<SampleProcess> RunAsync(string name, string program, string[] arguments, string folder = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["NO_COLOR"] = "1";
        // What this machine configures for others is not what the sample prints and does by itself.
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        start.Environment.Remove("ASPNETCORE_URLS");
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var running = new SampleProcess(process);
        process.OutputDataReceived += running.OnPrinted;
        process.ErrorDataReceived += running.OnPrinted;
        process.Exited += (_, _) => running.lines.Writer.TryComplete(new InvalidOperationException($"{name} has ended."));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var port = PortPattern().Match(await running.PrintsAsync(PortPattern())).Groups[1].Value;
        running.Address = new Uri($"http://127.0.0.1:{port}/");
        return running;
    }

    /// <summary>The next line that fits.</summary>
    public async Task<string> PrintsAsync(Regex pattern)
    {
        using var deadline = Deadline.Source();
        try
        {
            while (true)
            {
                var line = await lines.Reader.ReadAsync(deadline.Token);
                if (pattern.IsMatch(line)) return line;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
        {
            throw new TimeoutException($"Nothing like {pattern} was printed, but:\n{Printed}", exception);
        }
    }

    /// <summary>Asks it to stop as a service manager does (SIGTERM), and answers its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        using var deadline = Deadline.Source();
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        using var deadline = Deadline.Source();
        await process.WaitForExitAsync(deadline.Token);
        process.Dispose();
    }

    private string Printed
    {
        get
        {
            lock (printed) return printed.ToString();
        }
    }

    [GeneratedRegex(@"(?:http|ws)://\S+?:(\d+)")]
    private static partial Regex PortPattern();

    private static string Metadata(string key) =>
        typeof(SampleProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    private void OnPrinted(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is null) return;
        lock (printed) printed.AppendLine(e.Data);
        lines.Writer.TryWrite(e.Data);
    }
}
