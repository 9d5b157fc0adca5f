using System.Net;
using System.Net.Sockets;
using Kodama.Bench.Load;
using Kodama.Bench.Processes;

namespace Kodama.Bench.Servers;

/// <summary>A server under test, in a process of its own on core 0; ended when this is disposed.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private const int Core = 0;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private readonly ChildProcess _process;
    private readonly BenchServer _server;

    private RunningServer(BenchServer server, int port, ChildProcess process)
    {
        _server = server;
        Port = port;
        _process = process;
    }

    public int Port { get; }

    public int ProcessId => _process.Id;

    /// <summary>The last lines that it logged as errors, where it logs as ASP.NET Core does.</summary>
    public IEnumerable<string> Errors => _process.Output.Split('\n')
        .Where(l => l.StartsWith("fail:", StringComparison.Ordinal) || l.StartsWith("crit:", StringComparison.Ordinal));

    public static async Task<RunningServer> StartAsync(
        BenchServer server, bool echo, string repository, CancellationToken cancellationToken, bool isPinned = true)
    {
        if (!File.Exists(Path.Combine(repository, server.Needs)))
            throw new LoadException($"{server.Needs} is missing; run: {server.Remedy}");
        if (ChildProcess.Find(server.Program) is null)
            throw new LoadException($"{server.Program} is not in the PATH");
        var port = FreePort();
        var process = ChildProcess.Start(server.Program, server.Arguments(port, echo), isPinned ? Core : null, repository);
        var running = new RunningServer(server, port, process);
        try
        {
            await running.ListeningAsync(cancellationToken);
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    private string Said => _process.Complaint is { Length: > 0 } complaint ? $"\"{complaint}\"" : "nothing";

    /// <summary>Throws where it did not live to the end of the run.</summary>
    public void EnsureRunning()
    {
        if (_process.HasExited)
            throw new LoadException($"{_server.Name} ended with exit code {_process.ExitCode} and said {Said}");
    }

    /// <summary>Ends it as a power cut does.</summary>
    public ValueTask KillAsync() => _process.DisposeAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task ListeningAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StartDeadline);
        while (true)
        {
            EnsureRunning();
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, Port, deadline.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, CancellationToken.None);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new LoadException(
                    $"{_server.Name} did not listen on port {Port} within {StartDeadline.TotalSeconds} s and said {Said}");
            }
        }
    }
}
