using System.Text;
using System.Text.Json;

namespace Kodama.Discovery;

/// <summary>The details of a hub: a JSON object of strings. Other values are kept as the JSON text that they are.</summary>
internal static class DetailsJson
{
    private const int MaxDepth = 16;

    /// <summary>Null if it is no JSON object. Of a key that is repeated the last counts, as everywhere in JSON.</summary>
    public static Dictionary<string, string>? Parse(ReadOnlySpan<byte> utf8)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = reader.GetString()!;
                reader.Read();
                details[key] = ReadValue(ref reader, utf8);
            }
            // To the end: what follows the object must be white space.
            return reader.Read() ? null : details;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string ReadValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.GetString()!;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return Encoding.UTF8.GetString(utf8[start..(int)reader.BytesConsumed]);
    }
}
