using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kodama.SocketIO;

/// <summary>
/// The attachments that the converters below read from and write to: those of the event that this thread is serializing. A converter is
/// told nothing of its caller, and JSON of one event is read and written without a wait.
/// </summary>
internal static class BinaryArguments
{
    [ThreadStatic] private static IReadOnlyList<ReadOnlyMemory<byte>>? source;
    [ThreadStatic] private static bool collects;
    [ThreadStatic] private static List<ReadOnlyMemory<byte>>? collected;

    public static IReadOnlyList<ReadOnlyMemory<byte>>? Source
    {
        get => source;
        set => source = value;
    }

    /// <summary>What this thread has kept, in order; null for nothing, as of most events.</summary>
    public static List<ReadOnlyMemory<byte>>? Collected => collected;

    /// <summary>Keeps the bytes that this thread writes, behind these, until that is disposed.</summary>
    public static Collection Collect(List<ReadOnlyMemory<byte>>? before = null) => new(before);

    /// <summary>Writes a placeholder, <c>{"_placeholder":true,"num":n}</c>, and keeps the bytes; base64 outside of events.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> bytes)
    {
        if (!collects)
        {
            writer.WriteBase64StringValue(bytes.Span);
            return;
        }
        collected ??= [];
        writer.WriteStartObject();
        writer.WriteBoolean("_placeholder"u8, true);
        writer.WriteNumber("num"u8, collected.Count);
        writer.WriteEndObject();
        collected.Add(bytes);
    }

    /// <summary>Reads a placeholder as its attachment. A string is none, not in base64 either: any text would be read as
    /// garbage.</summary>
    public static ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader)
    {
        var value = JsonElement.ParseValue(ref reader);
        var number = SocketIOValue.NumberOf(value, source?.Count ?? 0);
        if (number >= 0) return source![number];
        throw new JsonException($"Bytes were expected, not {value.ValueKind}: "
            + "send a Buffer or an ArrayBuffer, or take base64 as a string and decode it.");
    }

    /// <summary>While the arguments of one event are written.</summary>
    internal readonly ref struct Collection
    {
        private readonly bool outerCollects;
        private readonly List<ReadOnlyMemory<byte>>? outer;

        public Collection(List<ReadOnlyMemory<byte>>? before)
        {
            (outerCollects, outer) = (collects, collected);
            (collects, collected) = (true, before);
        }

        public void Dispose() => (collects, collected) = (outerCollects, outer);
    }
}

/// <summary>Bytes anywhere in the arguments of an event, as attachments.</summary>
internal sealed class MemoryConverter : JsonConverter<ReadOnlyMemory<byte>>
{
    public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        BinaryArguments.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) =>
        BinaryArguments.Write(writer, value);
}

/// <summary>Bytes anywhere in the arguments of an event, as attachments.</summary>
internal sealed class ByteArrayConverter : JsonConverter<byte[]>
{
    public override byte[]? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        BinaryArguments.Read(ref reader).ToArray();

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => BinaryArguments.Write(writer, value);
}
