using System.Text.Json;

namespace Kodama.Network.Agent.Messages;

/// <summary>A line from the agent. The last one of a command is <see cref="Done"/> or <see cref="Failed"/>.</summary>
/// <param name="Id">The command's.</param>
/// <param name="At">CLOCK_MONOTONIC, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> tells it: the same for every process of the
/// machine.</param>
public sealed record AgentEvent(int Id, long At, string Name, JsonElement Data)
{
    public const string Done = "done";
    public const string Failed = "failed";

    public T Read<T>() => Data.Deserialize<T>(AgentJson.Options)!;

    public override string ToString() => $"{Name} {Data}";
}
