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
    public Task<AgentEvent> NextAsync(string name, Func<AgentEvent, bool>? fits = null, TimeSpan? deadline = null) =>
        NextAsync(report => report.Name == name && fits?.Invoke(report) is not false, name, deadline);

    /// <summary>Waits until it has ended well.</summary>
    public Task<AgentEvent> DoneAsync(TimeSpan? deadline = null) => NextAsync(AgentEvent.Done, deadline: deadline);

    /// <summary>All it reports until it has ended well, by itself.</summary>
    public async Task<IReadOnlyList<AgentEvent>> AllAsync(TimeSpan? deadline = null)
    {
        var all = new List<AgentEvent>();
        do all.Add(await NextAsync(_ => true, "an end", deadline));
        while (all[^1].Name != AgentEvent.Done);
        return all;
    }

    /// <summary>Asks it to end; the answer is what it reported until it had.</summary>
    public async Task<IReadOnlyList<AgentEvent>> StopAsync()
    {
        await agent.StopAsync(this);
        return await AllAsync();
    }

    internal void Take(AgentEvent report) => events.Writer.TryWrite(report);

    internal void TakeEnd() => events.Writer.TryComplete();

    /// <summary>The same with words for what is waited for.</summary>
    public async Task<AgentEvent> NextAsync(Func<AgentEvent, bool> fits, string what, TimeSpan? deadline = null)
    {
        var limit = deadline ?? Deadline.Step;
        using var late = new CancellationTokenSource(limit);
        try
        {
            await foreach (var report in events.Reader.ReadAllAsync(late.Token))
            {
                if (report.Name == AgentEvent.Failed) throw Error($"failed before {what}: {report.Data}");
                if (fits(report)) return report;
                if (report.Name == AgentEvent.Done) throw Error($"ended before {what}");
            }
        }
        catch (OperationCanceledException)
        {
            throw Error($"reported no such thing within {limit}: {what}");
        }
        throw Error($"lost its process before {what}");
    }

    private LabException Error(string what) => new($"{verb} on {agent.Host} {what}. The agent wrote:\n{agent.Transcript}");
}
