using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kodama.SocketIO.Program;

/// <summary>A line of the scenarios: start or stop a server.</summary>
internal sealed record Command(
    [property: JsonPropertyName("command")] string Name, string Server, int Port = 0, JsonElement Options = default);
