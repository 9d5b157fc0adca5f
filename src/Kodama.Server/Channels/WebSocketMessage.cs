using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kodama.Server;

/// <summary>One message of a <see cref="WebSocketChannel"/>. Those that came own their memory.</summary>
/// <param name="IsText">Whether <paramref name="Bytes"/> is UTF-8 text.</param>
/// <param name="Bytes">What it says.</param>
public readonly record struct WebSocketMessage(bool IsText, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The text, decoded at each call; of a binary message its bytes read as UTF-8, with U+FFFD for what is none.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>A text message.</summary>
    public static implicit operator WebSocketMessage(string text) => Of(text);

    /// <summary>A binary message.</summary>
    public static implicit operator WebSocketMessage(byte[] bytes) => Of(bytes);

    /// <summary>A binary message.</summary>
    public static implicit operator WebSocketMessage(ReadOnlyMemory<byte> bytes) => Of(bytes);

    /// <summary>As it is said in a room of the hub.</summary>
    public static implicit operator Payload(WebSocketMessage message) => message.ToPayload();

    /// <summary>A text message; unpaired surrogates become U+FFFD.</summary>
    public static WebSocketMessage Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(true, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>A binary message. The bytes are copied when they are sent.</summary>
    public static WebSocketMessage Of(ReadOnlyMemory<byte> bytes) => new(false, bytes);

    /// <summary>A value as JSON text.</summary>
    /// <param name="value">What it is.</param>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    public static WebSocketMessage Of<T>(T value, JsonTypeInfo<T> type) => new(true, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>The message read as JSON.</summary>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    /// <exception cref="JsonException">It is no JSON, or not of this type.</exception>
    public T? As<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Bytes.Span, type);

    /// <summary>As it is said in a room of the hub: text or bytes, in the same memory.</summary>
    public Payload ToPayload() => IsText ? Payload.OfText(Bytes) : Payload.Of(Bytes);

    /// <summary>The text, or how long the binary message is.</summary>
    public override string ToString() => IsText ? Text : $"{Bytes.Length} bytes";
}
