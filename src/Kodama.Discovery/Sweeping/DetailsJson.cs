using System.Text;
using System.Text.Json;

namespace Kodama.Discovery;

/// <summary>The details of a hub: a JSON object of strings. Other values are kept as the JSON text that they are.</summary>
internal static class DetailsJson
{
    public const int MaxDetails = 64;

    /// <summary>Of all keys and values together, in characters.</summary>
    public const int MaxLength = 8 * 1024;

    private const int MaxDepth = 16;

    /// <summary>
    /// Null if it is no JSON object. Of more than there may be the first are kept, for as long as the hub is known. Of a key that is
    /// repeated the last counts, as everywhere in JSON.
    /// </summary>
    public static Dictionary<string, string>? Parse(ReadOnlySpan<byte> utf8)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            var length = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = reader.GetString()!;
                reader.Read();
                var value = ReadValue(ref reader, utf8);
                length += key.Length + value.Length;
                if (length <= MaxLength && (details.Count < MaxDetails || details.ContainsKey(key))) details[key] = value;
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
