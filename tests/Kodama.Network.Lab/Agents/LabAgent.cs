using System.Collections.Concurrent;
using System.Text.Json;
using Kodama.Network.Agent.Messages;
using Kodama.Network.Lab.Processes;

namespace Kodama.Network.Lab.Agents;

/// <summary>A program on a host that does there what it is told; see Kodama.Network.Agent. Many errands can be under way at once.</summary>
public sealed class LabAgent : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Kodama.Network.Agent.dll");

    private readonly LabProcess process;
    private readonly ConcurrentDictionary<int, AgentErrand> errands = new();
    private readonly SemaphoreSlim writing = new(1);
    private int last;

    private LabAgent(LabHost host)
    {
        Host = host;
        process = host.Start("dotnet", Program);
        _ = ReadAsync();
    }

    public LabHost Host { get; }

    /// <summary>What it has written, for the message of a failed test.</summary>
    public string Transcript => process.Transcript;

    public static LabAgent Start(LabHost host) => new(host);

    /// <summary>Starts an errand; what it reports is read from the answer.</summary>
    public async Task<AgentErrand> SendAsync(string verb, object? arguments = null)
    {
        var errand = new AgentErrand(this, Interlocked.Increment(ref last), verb);
        errands[errand.Id] = errand;
        await WriteAsync(new AgentCommand(errand.Id, verb, JsonSerializer.SerializeToElement(arguments, AgentJson.Options)));
        return errand;
    }

    /// <summary>Ends it at once, without goodbyes, as a crash or a pulled plug does.</summary>
    public async Task KillAsync()
    {
        process.Signal(LabProcess.Kill);
        await process.ExitAsync();
    }

    /// <summary>Stops it in its tracks, as a lid that is closed; the time goes on.</summary>
    public void Pause() => process.Signal(LabProcess.Stop);

    public void Continue() => process.Signal(LabProcess.Continue);

    public ValueTask DisposeAsync() => process.DisposeAsync();

    internal Task StopAsync(AgentErrand errand) =>
        WriteAsync(new AgentCommand(errand.Id, AgentCommand.Stop, JsonSerializer.SerializeToElement<object?>(null)));

    private async Task WriteAsync(AgentCommand command)
    {
        await writing.WaitAsync();
        try
        {
            await process.WriteLineAsync(JsonSerializer.Serialize(command, AgentJson.Options));
        }
        finally
        {
            writing.Release();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var line in process.LinesAsync())
            {
                var report = JsonSerializer.Deserialize<AgentEvent>(line, AgentJson.Options)!;
                errands[report.Id].Take(report);
            }
        }
        finally
        {
            foreach (var errand in errands.Values) errand.TakeEnd();
        }
    }
}
