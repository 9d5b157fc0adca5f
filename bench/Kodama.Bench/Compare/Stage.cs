using System.Globalization;
using Kodama.Bench.Load;
using Kodama.Bench.Processes;
using Kodama.Bench.Servers;

namespace Kodama.Bench.Compare;

/// <summary>What a scenario works with: one kind of server, and the load generator in a process of its own on core 1.</summary>
internal sealed class Stage(CompareOptions options, BenchServer server, string repository)
{
    private const int LoadCore = 1;
    private static readonly TimeSpan LoadDeadline = TimeSpan.FromMinutes(4);

    public BenchServer Server => server;

    public bool Quick => options.Quick;

    public Task<RunningServer> StartAsync(CancellationToken cancellationToken, bool echo = false) =>
        RunningServer.StartAsync(server, echo, repository, cancellationToken);

    /// <summary>Loads the server; the line of JSON that came of it. <paramref name="builtIn"/> where wsload lacks an option; rooms that are
    /// joined by a message, it lacks too.</summary>
    public async Task<LoadResult> LoadAsync(
        RunningServer running,
        string mode,
        string path,
        string[] arguments,
        CancellationToken cancellationToken,
        bool builtIn = false)
    {
        string[] common =
        [
            mode, Text(running.Port), path, "--proto", server.Protocol, "--pid", Text(running.ProcessId),
            "--secs", Text(options.Seconds), "--warm", Text(options.WarmUpSeconds), .. server.IsTls ? ["--tls"] : (string[])[],
            .. arguments,
        ];
        await using var load = options.Wsload is { } wsload && !builtIn && !server.IsTls && !path.Contains('#', StringComparison.Ordinal)
            ? ChildProcess.Start(wsload, common, LoadCore)
            : ChildProcess.Start("dotnet", [typeof(Stage).Assembly.Location, "load", .. common], LoadCore);
        if (!await load.WaitAsync(LoadDeadline, cancellationToken))
            throw new LoadException($"the load did not end within {LoadDeadline.TotalMinutes} minutes");
        running.EnsureRunning();
        if (load.ExitCode != 0)
            throw new LoadException(load.Complaint);
        return LoadResult.Parse(load.Output.Split('\n')[^1]);
    }

    /// <summary>How many messages may be under way when the generator stops counting echoes: wsload does not wait for the last.</summary>
    public long MayFly(int inFlight) => options.Wsload is null ? 0 : inFlight;

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
