using System.Buffers.Text;
using System.Text;

namespace Kodama.SocketIO;

/// <summary>
/// Unescapes the inside of JSON strings, in UTF-8, without exceptions, which the platform's reader has for half of a surrogate pair.
/// Thread-safe, allocates nothing.
/// </summary>
internal static class JsonText
{
    /// <summary>
    /// Unescapes the inside of a string that is known to be JSON, also onto itself. False if it holds half of a surrogate pair, which UTF-8
    /// cannot say: U+FFFD stands for it.
    /// </summary>
    public static bool TryUnescape(ReadOnlySpan<byte> json, Span<byte> destination, out int size)
    {
        size = 0;
        var isWhole = true;
        while (json.IndexOf((byte)'\\') is var at and >= 0)
        {
            json[..at].CopyTo(destination[size..]);
            size += at;
            json = json[at..];
            if (json[1] != (byte)'u')
            {
                destination[size++] = LongForm(json[1]);
                json = json[2..];
                continue;
            }
            if (!TryTakeRune(ref json, out var rune))
            {
                isWhole = false;
                rune = Rune.ReplacementChar;
            }
            size += rune.EncodeToUtf8(destination[size..]);
        }
        json.CopyTo(destination[size..]);
        size += json.Length;
        return isWhole;
    }

    private static bool TryTakeRune(ref ReadOnlySpan<byte> json, out Rune rune)
    {
        var high = CodeUnit(json);
        json = json[6..];
        if (!char.IsSurrogate(high)) return Rune.TryCreate(high, out rune);
        rune = default;
        if (!json.StartsWith("\\u"u8) || !Rune.TryCreate(high, CodeUnit(json), out rune)) return false;
        json = json[6..];
        return true;
    }

    private static char CodeUnit(ReadOnlySpan<byte> escape) =>
        Utf8Parser.TryParse(escape.Slice(2, 4), out ushort unit, out _, 'x') ? (char)unit : '\uD800';

    private static byte LongForm(byte escape) =>
        JsonQuote.ShortEscapes.IndexOf(escape) is var at and >= 0 ? JsonQuote.Shorts[at] : escape;
}
