using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Kodama.Redis.Tests;

/// <summary>A redis-server of the test's own, on a free port, with its data in a folder that goes with it.</summary>
internal sealed class RedisServer : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kodama-redis-").FullName;
    private readonly string[] options;
    private Process? process;

    /// <param name="options">Of redis-server: <c>--appendonly</c>, <c>yes</c>. Without any nothing is kept on the disk.</param>
    public RedisServer(params string[] options)
    {
        this.options = options;
        Port = FreePort();
        Start();
    }

    public int Port { get; }

    /// <summary>Its data.</summary>
    public string Folder => folder;

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Runs a command, on a connection of its own.</summary>
    public string Run(params string[] command) => Run(Port, command);

    /// <summary>The same at another server.</summary>
    public static string Run(int port, params string[] command)
    {
        using var cli = Process.Start(new ProcessStartInfo("redis-cli", ["-p", $"{port}", .. command]) { RedirectStandardOutput = true })!;
        var output = cli.StandardOutput.ReadToEnd();
        cli.WaitForExit();
        return output.TrimEnd();
    }

    public void Start()
    {
        process = Process.Start(new ProcessStartInfo(
            "redis-server",
            ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--daemonize", "no", .. options])
        {
            RedirectStandardOutput = true,
        })!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        var end = Stopwatch.StartNew();
        while (Run("ping") is not ("PONG" or "NOAUTH Authentication required."))
        {
            if (process.HasExited || end.Elapsed > TimeSpan.FromSeconds(20))
                throw new InvalidOperationException("redis-server does not start.");
            Thread.Sleep(20);
        }
    }

    /// <summary>As <c>kill -9</c>.</summary>
    public void Kill()
    {
        process!.Kill();
        process.WaitForExit();
        process.Dispose();
        process = null;
    }

    /// <summary>It stands still, as in front of a slow disk, or goes on.</summary>
    public void Halt(bool isHalted)
    {
        using var kill = Process.Start("kill", [isHalted ? "-STOP" : "-CONT", $"{process!.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (process is not null)
        {
            Halt(isHalted: false);
            Kill();
        }
        Directory.Delete(folder, recursive: true);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
