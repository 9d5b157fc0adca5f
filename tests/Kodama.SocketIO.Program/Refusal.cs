using System.Text.Json;

namespace Kodama.SocketIO.Program;

/// <summary>Why an event was refused, with what its sender is told.</summary>
internal sealed class Refusal(string message, JsonElement[] data) : Exception(message)
{
    public JsonElement[] Details => data;
}
