using System.Buffers;
using System.Text.Json;

namespace Kodama.Server;

/// <summary>
/// Writes JSON as it came, in one line: line breaks stand between its tokens only (RFC 8259 section 2), and would end a line of others.
/// </summary>
internal static class JsonLine
{
    private static readonly SearchValues<byte> Breaks = SearchValues.Create("\r\n"u8);

    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> json)
    {
        var at = json.IndexOfAny(Breaks);
        if (at < 0)
        {
            writer.WriteRawValue(json, skipInputValidation: true);
            return;
        }
        var line = ArrayPool<byte>.Shared.Rent(json.Length);
        var length = 0;
        for (; at >= 0; at = json.IndexOfAny(Breaks))
        {
            json[..at].CopyTo(line.AsSpan(length));
            length += at;
            json = json[(at + 1)..];
        }
        json.CopyTo(line.AsSpan(length));
        writer.WriteRawValue(line.AsSpan(0, length + json.Length), skipInputValidation: true);
        ArrayPool<byte>.Shared.Return(line);
    }
}
