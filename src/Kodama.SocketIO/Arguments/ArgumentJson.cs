using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Kodama.SocketIO;

/// <summary>From arguments in C# to payloads and back, with the types of <see cref="SocketIOOptions"/>. Thread-safe.</summary>
internal sealed class ArgumentJson
{
    private static readonly byte[] Empty = "[]"u8.ToArray();

    internal static readonly JsonWriterOptions Writing = new() { Encoder = StringifyEncoder.Instance };

    private readonly JsonSerializerOptions options;

    public ArgumentJson(SocketIOOptions options)
    {
        this.options = new JsonSerializerOptions(options.Json) { Encoder = StringifyEncoder.Instance };
        this.options.Converters.Add(new TextConverter());
        this.options.Converters.Add(new ElementConverter());
        this.options.Converters.Add(new MemoryConverter());
        this.options.Converters.Add(new ByteArrayConverter());
        var own = options.Json.TypeInfoResolver;
        this.options.TypeInfoResolver = JsonTypeInfoResolver.Combine(
            own is null ? [BasicTypes.Default, .. Reflection()] : [own, BasicTypes.Default, .. Reflection()]);
        this.options.MakeReadOnly();
    }

    public static Payload None => Payload.Arguments(Empty);

    /// <summary>How values of this type are written and read.</summary>
    /// <exception cref="NotSupportedException">No context knows the type, and the application is built without reflection.</exception>
    public JsonTypeInfo<T> Type<T>() => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));

    /// <summary>One argument. A string alone is what raw peers get as text, bytes alone as binary.</summary>
    public ArgumentBuffer Write<T>(T value) => value switch
    {
        string text when TextConverter.IndexOfHalf(text) < 0 => ArgumentBuffer.Of(text),
        byte[] bytes => ArgumentBuffer.Of(Payload.Of(bytes)),
        ReadOnlyMemory<byte> memory => ArgumentBuffer.Of(Payload.Of(memory)),
        _ => ArgumentBuffer.Begin(this).Add(value).End(),
    };

    public ArgumentBuffer Write<T1, T2>(T1 first, T2 second) => ArgumentBuffer.Begin(this).Add(first).Add(second).End();

    public ArgumentBuffer Write<T1, T2, T3>(T1 first, T2 second, T3 third) =>
        ArgumentBuffer.Begin(this).Add(first).Add(second).Add(third).End();

    public ArgumentBuffer Write<T1, T2, T3, T4>(T1 first, T2 second, T3 third, T4 fourth) =>
        ArgumentBuffer.Begin(this).Add(first).Add(second).Add(third).Add(fourth).End();

    public ArgumentBuffer Write<T1, T2, T3, T4, T5>(T1 first, T2 second, T3 third, T4 fourth, T5 fifth) =>
        ArgumentBuffer.Begin(this).Add(first).Add(second).Add(third).Add(fourth).Add(fifth).End();

    /// <summary>A value as JSON on its own, such as the data of a refusal.</summary>
    public void WriteOne<T>(Utf8JsonWriter writer, T value) => JsonSerializer.Serialize(writer, value, Type<T>());

    /// <summary>The argument at this place; the type's default value where the client sent fewer.</summary>
    /// <exception cref="JsonException">It is no such value.</exception>
    public T? Read<T>(ReadOnlyMemory<byte> arguments, IReadOnlyList<ReadOnlyMemory<byte>> attachments, int index)
    {
        var reader = new Utf8JsonReader(arguments.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (index-- > 0)
            {
                reader.Skip();
                continue;
            }
            if (typeof(T) == typeof(string) && reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped)
                return (T?)(object?)reader.GetString();
            var before = BinaryArguments.Source;
            BinaryArguments.Source = attachments;
            try
            {
                return JsonSerializer.Deserialize(ref reader, Type<T>());
            }
            finally
            {
                BinaryArguments.Source = before;
            }
        }
        return default;
    }

    /// <summary>The first argument of an acknowledgement, whose memory ends with the call: bytes that the answer keeps are
    /// copied.</summary>
    /// <exception cref="JsonException">It is no such value.</exception>
    public T? ReadAnswer<T>(in Packet packet)
    {
        var attachments = packet.CopyAttachments();
        return typeof(T) == typeof(SocketIOAnswer)
            ? (T)(object)new SocketIOAnswer(this, packet.Data.ToArray(), attachments)
            : Read<T>(packet.Data, attachments, 0);
    }

    /// <summary>A payload as the arguments that it is on the wire: a JSON array with placeholders, and attachments.</summary>
    public static (byte[] Json, IReadOnlyList<ReadOnlyMemory<byte>> Attachments) ArrayOf(in Payload payload)
    {
        switch (payload.Kind)
        {
            case PayloadKind.Binary:
                return ("[{\"_placeholder\":true,\"num\":0}]"u8.ToArray(), [payload.Bytes]);
            case PayloadKind.Text:
                var size = JsonQuote.EscapedSize(payload.Bytes.Span);
                var json = new byte[size + 4];
                "[\""u8.CopyTo(json);
                JsonQuote.Escape(payload.Bytes.Span, json.AsSpan(2));
                "\"]"u8.CopyTo(json.AsSpan(size + 2));
                return (json, []);
            default:
                return (payload.Bytes.ToArray(), payload.Attachments);
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only where the application was built with reflection for JSON.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Only where the application was built with reflection for JSON.")]
    private static IJsonTypeInfoResolver[] Reflection() =>
        JsonSerializer.IsReflectionEnabledByDefault ? [new DefaultJsonTypeInfoResolver()] : [];
}

/// <summary>What needs no context of the application's: strings, numbers, raw JSON, bytes.</summary>
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(decimal))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(DateTimeOffset))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(double[]))]
[JsonSerializable(typeof(byte[]))]
[JsonSerializable(typeof(ReadOnlyMemory<byte>))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(SocketIOValue))]
[JsonSerializable(typeof(SocketIOValue[]))]
[JsonSerializable(typeof(Dictionary<string, SocketIOValue>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class BasicTypes : JsonSerializerContext;
