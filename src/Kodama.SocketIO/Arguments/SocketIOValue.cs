using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kodama.SocketIO;

/// <summary>A value of any kind, bytes included, as a client sent it: it can be sent on as it is. Immutable, owns its memory.</summary>
[JsonConverter(typeof(ValueConverter))]
public sealed class SocketIOValue
{
    internal SocketIOValue(JsonElement json, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        Json = json;
        Attachments = attachments;
    }

    /// <summary>The value; <c>{"_placeholder":true,"num":n}</c> in it stands for attachment n.</summary>
    public JsonElement Json { get; }

    /// <summary>The binary parts of the event that it came with.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; }

    /// <summary>The bytes that it is; false, if it is something else.</summary>
    public bool TryGetBytes(out ReadOnlyMemory<byte> bytes)
    {
        var number = NumberOf(Json, Attachments.Count);
        bytes = number < 0 ? default : Attachments[number];
        return number >= 0;
    }

    /// <summary>Which attachment an element stands for; -1 for none.</summary>
    internal static int NumberOf(in JsonElement element, int attachments) =>
        attachments > 0
        && element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty("_placeholder"u8, out var marker) && marker.ValueKind == JsonValueKind.True
        && element.TryGetProperty("num"u8, out var number) && number.ValueKind == JsonValueKind.Number
        && number.TryGetInt32(out var value) && value >= 0 && value < attachments
            ? value
            : -1;

    internal static bool HoldsBytes(in JsonElement element, int attachments) => element.ValueKind switch
    {
        JsonValueKind.Object => NumberOf(element, attachments) >= 0
            || element.EnumerateObject().Any(property => HoldsBytes(property.Value, attachments)),
        JsonValueKind.Array => element.EnumerateArray().Any(item => HoldsBytes(item, attachments)),
        _ => false,
    };

    internal void Write(Utf8JsonWriter writer)
    {
        if (Attachments.Count > 0 && HoldsBytes(Json, Attachments.Count)) Write(writer, Json);
        else WriteRaw(writer, Json);
    }

    internal static void WriteRaw(Utf8JsonWriter writer, in JsonElement element)
    {
        var raw = JsonMarshal.GetRawUtf8Value(element);
        // The platform's writer has no halves of surrogate pairs.
        if (JsonEscapes.AreWhole(raw)) element.WriteTo(writer);
        else writer.WriteRawValue(raw);
    }

    // An event is nested no deeper than its reader takes.
    private void Write(Utf8JsonWriter writer, in JsonElement element)
    {
        if (NumberOf(element, Attachments.Count) is var number and >= 0)
        {
            BinaryArguments.Write(writer, Attachments[number]);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject();
            foreach (var property in element.EnumerateObject())
            {
                writer.WritePropertyName(property.Name);
                Write(writer, property.Value);
            }
            writer.WriteEndObject();
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var item in element.EnumerateArray()) Write(writer, item);
            writer.WriteEndArray();
        }
        else
        {
            WriteRaw(writer, element);
        }
    }
}

internal sealed class ValueConverter : JsonConverter<SocketIOValue>
{
    public override bool HandleNull => true;

    public override SocketIOValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(JsonElement.ParseValue(ref reader), BinaryArguments.Source ?? []);

    public override void Write(Utf8JsonWriter writer, SocketIOValue value, JsonSerializerOptions options)
    {
        if (value is null) writer.WriteNullValue();
        else value.Write(writer);
    }
}

/// <summary>JSON as it came. It cannot hold bytes, and is refused where it would lose them.</summary>
internal sealed class ElementConverter : JsonConverter<JsonElement>
{
    public override bool HandleNull => true;

    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var element = JsonElement.ParseValue(ref reader);
        if (BinaryArguments.Source is { Count: > 0 } source && SocketIOValue.HoldsBytes(element, source.Count))
            throw new JsonException("The argument holds bytes, which a JsonElement cannot: take it as a SocketIOValue.");
        return element;
    }

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options)
    {
        if (value.ValueKind == JsonValueKind.Undefined) writer.WriteNullValue();
        else SocketIOValue.WriteRaw(writer, value);
    }
}
