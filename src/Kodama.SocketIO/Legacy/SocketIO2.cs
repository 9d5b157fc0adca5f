using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Kodama.SocketIO;

/// <summary>What clients of Socket.IO 2 say and hear in another way: they come by Engine.IO 3.</summary>
internal static class SocketIO2
{
    public static bool IsSpokenIn(EngineSession session) => session.Version == EngineVersion.V3;

    /// <summary>The id of a socket, whose CONNECT has no answer with one: the client takes the session's.</summary>
    public static string IdOf(SocketIONamespace space, EngineSession session) =>
        space.Name == "/" ? session.Id : $"{space.Name}#{session.Id}";

    /// <summary>The name of a namespace, behind which they put their query.</summary>
    public static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> nameAndQuery)
    {
        var query = nameAndQuery.IndexOf((byte)'?');
        return query < 0 ? nameAndQuery : nameAndQuery[..query];
    }

    /// <summary>That query as later ones send it, as <c>auth</c>: an object of strings.</summary>
    public static ReadOnlyMemory<byte> AuthOf(ReadOnlySpan<byte> nameAndQuery)
    {
        var query = RequestQuery.ToDictionary(Encoding.UTF8.GetString(nameAndQuery));
        if (query.Count == 0) return default;
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in query) writer.WriteString(name, value);
            writer.WriteEndObject();
        }
        return output.WrittenMemory;
    }
}
