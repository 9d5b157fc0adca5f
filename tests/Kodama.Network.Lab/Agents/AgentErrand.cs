using System.Threading.Channels;
using Kodama.Network.Agent.Messages;

namespace Kodama.Network.Lab.Agents;

/// <summary>Something an agent was told to do, and what it reports of it.</summary>
public sealed class AgentErrand
{
    private readonly LabAgent agent;
    private readonly string verb;
    private readonly Channel<AgentEvent> events = Channel.CreateUnbounded<AgentEvent>();

    internal AgentErrand(LabAgent agent, int id, string verb)
    {
        this.agent = agent;
        this.verb = verb;
        Id = id;
    }

    internal int Id { get; }

    /// <summary>Reads on to the next event with this name that fits; that the errand failed or ended before is an error.</summary>
    public async Task<AgentEvent> NextAsync(string name, Func<AgentEvent, bool>? fits = null, TimeSpan? deadline = null)
    {
        var limit = deadline ?? Deadline.Step;
        using var late = new CancellationTokenSource(limit);
        try
        {
            await foreach (var report in events.Reader.ReadAllAsync(late.Token))
            {
                if (report.Name == name && fits?.Invoke(report) is not false) return report;
                if (report.Name is AgentEvent.Done or AgentEvent.Failed) throw Error($"ended before \"{name}\": {report}");
            }
        }
        catch (OperationCanceledException)
        {
            throw Error($"reported no such \"{name}\" within {limit}");
        }
        throw Error($"lost its process before \"{name}\"");
    }

    /// <summary>Waits until it has ended well.</summary>
    public Task<AgentEvent> DoneAsync(TimeSpan? deadline = null) => NextAsync(AgentEvent.Done, deadline: deadline);

    /// <summary>All it reports until it has ended well, which it must do by itself.</summary>
    public async Task<IReadOnlyList<AgentEvent>> AllAsync(TimeSpan? deadline = null)
    {
        var all = new List<AgentEvent>();
        await NextAsync(AgentEvent.Done, Keep, deadline);
        return all;

        bool Keep(AgentEvent done)
        {
            return true;
        }
    }

    /// <summary>Asks it to end, and waits until it has.</summary>
    public async Task<AgentEvent> StopAsync()
    {
        await agent.StopAsync(this);
        return await DoneAsync();
    }

    internal void Take(AgentEvent report) => events.Writer.TryWrite(report);

    internal void TakeEnd() => events.Writer.TryComplete();

    private LabException Error(string what) => new($"{verb} on {agent.Host} {what}. The agent wrote:\n{agent.Transcript}");
}
