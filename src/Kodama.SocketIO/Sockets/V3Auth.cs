using System.Buffers;
using System.Text.Json;

namespace Kodama.SocketIO;

/// <summary>What a client of Socket.IO 2 sends in the query of a namespace, as later ones send it: an object of strings.</summary>
internal static class V3Auth
{
    public static ReadOnlyMemory<byte> ToJson(string nameAndQuery)
    {
        var query = RequestQuery.ToDictionary(nameAndQuery);
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
