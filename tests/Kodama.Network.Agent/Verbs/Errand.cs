using System.Diagnostics;
using System.Text.Json;
using Kodama.Network.Agent.Messages;

namespace Kodama.Network.Agent.Verbs;

/// <summary>One command under way.</summary>
internal sealed class Errand(AgentCommand command, TextWriter output)
{
    public T Arguments<T>() => command.Arguments.Deserialize<T>(AgentJson.Options)!;

    public void Report(string name, object? data = null)
    {
        var line = new AgentEvent(command.Id, Stopwatch.GetTimestamp(), name, JsonSerializer.SerializeToElement(data, AgentJson.Options));
        output.WriteLine(JsonSerializer.Serialize(line, AgentJson.Options));
    }

    /// <summary>Does it to its end, which it reports.</summary>
    public async Task RunAsync(IVerb verb, CancellationToken stopped)
    {
        try
        {
            await verb.RunAsync(this, stopped);
            Report(AgentEvent.Done);
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            Report(AgentEvent.Done);
        }
        catch (Exception exception)
        {
            Report(AgentEvent.Failed, exception.ToString());
        }
    }
}
