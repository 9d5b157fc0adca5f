using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Kodama.SocketIO;

/// <summary>The JSON of the answers to CONNECT, their members in node's order.</summary>
internal static class ConnectJson
{
    /// <summary><c>{"sid":"...","pid":"..."}</c>. The ids are of characters that JSON does not escape.</summary>
    /// <param name="sid">The socket's id.</param>
    /// <param name="pid">Its secret for connection state recovery, or null without that.</param>
    public static byte[] Granted(string sid, string? pid = null) =>
        Encoding.UTF8.GetBytes(pid is null ? $$"""{"sid":"{{sid}}"}""" : $$"""{"sid":"{{sid}}","pid":"{{pid}}"}""");

    /// <summary><c>{"message":"...","data":...}</c>; for v3 the data, or the message as a string if there is none.</summary>
    /// <param name="version">The session's revision.</param>
    /// <param name="message">Why it is refused.</param>
    /// <param name="data">More about it in JSON, or empty.</param>
    public static byte[] Refused(EngineVersion version, string message, ReadOnlySpan<byte> data = default)
    {
        if (version == EngineVersion.V3 && !data.IsEmpty) return data.ToArray();
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, ArgumentJson.Writing))
        {
            if (version == EngineVersion.V4)
            {
                json.WriteStartObject();
                json.WritePropertyName("message"u8);
            }
            json.WriteStringValue(message);
            if (!data.IsEmpty)
            {
                json.WritePropertyName("data"u8);
                json.WriteRawValue(data);
            }
            if (version == EngineVersion.V4) json.WriteEndObject();
        }
        return output.WrittenSpan.ToArray();
    }
}
