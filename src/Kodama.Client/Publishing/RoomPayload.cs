using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kodama.Client;

/// <summary>What a message, a direct message or a key of a room's state says: text, bytes, or the arguments of an event. Immutable, if its
/// bytes are left alone.</summary>
public readonly struct RoomPayload
{
    private readonly Form form;

    private RoomPayload(Form form, ReadOnlyMemory<byte> bytes)
    {
        this.form = form;
        Bytes = bytes;
    }

    private enum Form : byte
    {
        Text,
        Binary,
        Arguments,
    }

    /// <summary>Of a text its UTF-8; of arguments their JSON, an array.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Whether it is text.</summary>
    public bool IsText => form == Form.Text;

    /// <summary>Whether it is bytes.</summary>
    public bool IsBinary => form == Form.Binary;

    /// <summary>Whether it is the arguments of an event.</summary>
    public bool IsArguments => form == Form.Arguments;

    /// <summary>The bytes as text, decoded at each call, with U+FFFD for what is no UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>Text.</summary>
    public static implicit operator RoomPayload(string text) => Of(text);

    /// <summary>Bytes.</summary>
    public static implicit operator RoomPayload(byte[] bytes) => Of(bytes);

    /// <summary>Bytes.</summary>
    public static implicit operator RoomPayload(ReadOnlyMemory<byte> bytes) => Of(bytes);

    /// <summary>Text; unpaired surrogates become U+FFFD.</summary>
    public static RoomPayload Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return OfText(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Bytes. They are not copied here, but by who publishes them.</summary>
    public static RoomPayload Of(ReadOnlyMemory<byte> bytes) => new(Form.Binary, bytes);

    /// <summary>A value as JSON text.</summary>
    /// <param name="value">What it is.</param>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    public static RoomPayload Of<T>(T value, JsonTypeInfo<T> type) => OfText(JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>The one argument of an event, as JSON.</summary>
    /// <param name="value">What it is.</param>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    public static RoomPayload Argument<T>(T value, JsonTypeInfo<T> type)
    {
        using var stream = new MemoryStream();
        stream.WriteByte((byte)'[');
        JsonSerializer.Serialize(stream, value, type);
        stream.WriteByte((byte)']');
        return new(Form.Arguments, stream.ToArray());
    }

    /// <summary>The arguments of an event, as a JSON array in UTF-8.</summary>
    /// <exception cref="ArgumentException">It is no JSON array.</exception>
    public static RoomPayload Arguments(ReadOnlyMemory<byte> json)
    {
        try
        {
            if (JsonElement.Parse(json.Span).ValueKind == JsonValueKind.Array) return new(Form.Arguments, json);
        }
        catch (JsonException exception)
        {
            throw new ArgumentException($"The arguments are no JSON: {exception.Message}", nameof(json), exception);
        }
        throw new ArgumentException("The arguments of an event are a JSON array: [1,\"two\"].", nameof(json));
    }

    /// <summary>Text read as JSON, or the first argument of an event.</summary>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    /// <exception cref="JsonException">It is no JSON, or not of this type; or an event has no argument.</exception>
    public T? As<T>(JsonTypeInfo<T> type)
    {
        if (!IsArguments) return JsonSerializer.Deserialize(Bytes.Span, type);
        var reader = new Utf8JsonReader(Bytes.Span);
        reader.Read();
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray) throw new JsonException("The event has no argument.");
        return JsonSerializer.Deserialize(ref reader, type);
    }

    /// <summary>The arguments of an event; of anything else none. A binary one that a Socket.IO client sent is
    /// <c>{"$binary":"base64"}</c>.</summary>
    public IReadOnlyList<JsonElement> ReadArguments() => IsArguments ? [.. JsonElement.Parse(Bytes.Span).EnumerateArray()] : [];

    /// <summary>The text, the arguments as JSON, or how long the bytes are.</summary>
    public override string ToString() => IsBinary ? $"{Bytes.Length} bytes" : Text;

    internal static RoomPayload OfText(ReadOnlyMemory<byte> utf8) => new(Form.Text, utf8);

    internal static RoomPayload OfArguments(ReadOnlyMemory<byte> json) => new(Form.Arguments, json);
}
