using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Kodama.Bench.Load;
using Kodama.Bench.Processes;

namespace Kodama.Bench.Cluster;

/// <summary>A redis-server of its own, with its data in a folder that goes with it.</summary>
internal sealed class BenchRedis : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kodama-bench-").FullName;
    private readonly ChildProcess process;

    private BenchRedis(bool isSafe)
    {
        if (ChildProcess.Find("redis-server") is null) throw new LoadException("redis-server is missing: apt install redis-server");
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        var fsync = isSafe ? "always" : "everysec";
        string[] options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--appendfsync", fsync, "--dir", folder];
        process = ChildProcess.Start("redis-server", ["--port", Port.ToString(CultureInfo.InvariantCulture), .. options]);
    }

    public int Port { get; }

    public int ProcessId => process.Id;

    /// <param name="isSafe">Whether what it says it has is on the disk (appendfsync always): each answer waits for that.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<BenchRedis> StartAsync(bool isSafe, CancellationToken cancellationToken)
    {
        var redis = new BenchRedis(isSafe);
        while (await redis.RunAsync(["ping"], cancellationToken) != "PONG") await Task.Delay(20, cancellationToken);
        return redis;
    }

    /// <summary>Microseconds that Redis says it has spent in scripts, how often it ran one, and how many messages it has kept.</summary>
    public async Task<(double Microseconds, long Calls, long Kept)> ScriptsAsync(CancellationToken cancellationToken)
    {
        var lines = (await RunAsync(["info", "commandstats"], cancellationToken) ?? "").Split('\n');
        var scripts = Line("evalsha");
        return (Number(scripts, "usec="), (long)Number(scripts, "calls="), (long)Number(Line("xadd"), "calls="));

        string Line(string command) =>
            lines.FirstOrDefault(line => line.StartsWith($"cmdstat_{command}:", StringComparison.Ordinal)) ?? "";
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private Task<string?> RunAsync(string[] command, CancellationToken cancellationToken) =>
        ChildProcess.ReadAsync("redis-cli", ["-p", Port.ToString(CultureInfo.InvariantCulture), .. command], folder, cancellationToken);

    private static double Number(string line, string name)
    {
        var at = line.IndexOf(name, StringComparison.Ordinal);
        return at < 0 ? 0 : double.Parse(line[(at + name.Length)..].Split(',')[0], CultureInfo.InvariantCulture);
    }
}
