using System.Text;

namespace Kodama.Server;

/// <summary>One message of a <see cref="WebSocketChannel"/>. Those that came own their memory.</summary>
/// <param name="IsText">Whether <paramref name="Bytes"/> is UTF-8 text.</param>
/// <param name="Bytes">What it says.</param>
public readonly record struct WebSocketMessage(bool IsText, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The bytes as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>A text message.</summary>
    public static implicit operator WebSocketMessage(string text) => FromString(text);

    /// <summary>A binary message.</summary>
    public static implicit operator WebSocketMessage(ReadOnlyMemory<byte> bytes) => new(false, bytes);

    /// <summary>A text message, for languages without conversion operators.</summary>
    public static WebSocketMessage FromString(string text) => new(true, Encoding.UTF8.GetBytes(text));
}
