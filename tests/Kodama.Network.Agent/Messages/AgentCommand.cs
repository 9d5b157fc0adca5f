using System.Text.Json;

namespace Kodama.Network.Agent.Messages;

/// <summary>A line to the agent.</summary>
/// <param name="Id">Chosen by the sender; the events of this command carry it.</param>
/// <param name="Verb">What to do; <c>stop</c> ends the command whose id it carries.</param>
public sealed record AgentCommand(int Id, string Verb, JsonElement Arguments)
{
    public const string Stop = "stop";
}
