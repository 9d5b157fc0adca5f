using System.Text;
using System.Text.Json;

namespace Kodama.Client.Protocol;

/// <summary>A string of a frame, decoded when it is asked for.</summary>
/// <param name="token">With its quotes; of the frame's memory.</param>
/// <param name="isEscaped">Whether it has escapes.</param>
internal readonly struct JsonText(ReadOnlyMemory<byte> token, bool isEscaped)
{
    public bool IsMissing => token.IsEmpty;

    /// <summary>Without escapes: of the frame's memory, if it had none.</summary>
    public ReadOnlyMemory<byte> Utf8 => isEscaped ? Unescape() : Raw;

    private ReadOnlyMemory<byte> Raw => token.IsEmpty ? token : token[1..^1];

    public bool Is(ReadOnlySpan<byte> utf8) => !isEscaped && Raw.Span.SequenceEqual(utf8);

    /// <summary>Null where it is missing.</summary>
    public string? Get() => token.IsEmpty ? null : Encoding.UTF8.GetString(Utf8.Span);

    private ReadOnlyMemory<byte> Unescape()
    {
        var reader = new Utf8JsonReader(token.Span);
        reader.Read();
        var bytes = new byte[token.Length];
        return bytes.AsMemory(0, reader.CopyString(bytes));
    }
}
