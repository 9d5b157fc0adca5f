using System.Text.Json;

namespace Kodama.Network.Agent.Messages;

public static class AgentJson
{
    public static JsonSerializerOptions Options { get; } = JsonSerializerOptions.Web;
}
