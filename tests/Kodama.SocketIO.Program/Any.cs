using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kodama.SocketIO.Program;

/// <summary>An argument of any kind, with bytes anywhere in it: an element of JSON, bytes, or a list or dictionary of these.</summary>
[JsonConverter(typeof(AnyConverter))]
internal sealed record Any(object? Content);

internal sealed class AnyConverter : JsonConverter<Any>
{
    public override bool HandleNull => true;

    public override Any Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.StartObject when IsBytes(reader) => new(JsonSerializer.Deserialize<byte[]>(ref reader, options)),
        JsonTokenType.StartObject => new(JsonSerializer.Deserialize<Dictionary<string, Any>>(ref reader, options)),
        JsonTokenType.StartArray => new(JsonSerializer.Deserialize<List<Any>>(ref reader, options)),
        _ => new(JsonElement.ParseValue(ref reader)),
    };

    public override void Write(Utf8JsonWriter writer, Any value, JsonSerializerOptions options)
    {
        if (value.Content is null) writer.WriteNullValue();
        else JsonSerializer.Serialize(writer, value.Content, value.Content.GetType(), options);
    }

    // The reader is a copy: it looks ahead and the caller's stays.
    private static bool IsBytes(Utf8JsonReader reader)
    {
        var element = JsonElement.ParseValue(ref reader);
        return element.TryGetProperty("_placeholder", out var marker)
            && marker.ValueKind == JsonValueKind.True
            && element.EnumerateObject().Count() == 2;
    }
}
