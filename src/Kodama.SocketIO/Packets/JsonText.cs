using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Kodama.SocketIO;

/// <summary>
/// The inside of JSON strings, in UTF-8. It escapes exactly what JSON.stringify does: the quotation mark, the backslash and U+0000 to
/// U+001F. It unescapes without exceptions, which the platform's reader has for half of a surrogate pair. Thread-safe, allocates nothing.
/// </summary>
internal static class JsonText
{
    internal static readonly SearchValues<byte> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    private static ReadOnlySpan<byte> HexDigits => "0123456789abcdef"u8;

    private static ReadOnlySpan<byte> Shorts => "\"\\\b\f\n\r\t"u8;

    private static ReadOnlySpan<byte> ShortEscapes => "\"\\bfnrt"u8;

    /// <summary>The bytes that <see cref="Escape"/> writes.</summary>
    public static int EscapedSize(ReadOnlySpan<byte> text) => Escape(text, default);

    /// <summary>Writes the text, escaped, and returns its size; without a destination it is counted only.</summary>
    public static int Escape(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var size = 0;
        while (text.IndexOfAny(Escaped) is var at and >= 0)
        {
            Put(text[..at], destination, ref size);
            var escaped = text[at];
            var shortEscape = ShortEscape(escaped);
            if (shortEscape == 0) Put("\\u00"u8, destination, ref size);
            Put(
                shortEscape != 0 ? [(byte)'\\', shortEscape] : [HexDigits[escaped >> 4], HexDigits[escaped & 0xF]],
                destination, ref size);
            text = text[(at + 1)..];
        }
        Put(text, destination, ref size);
        return size;
    }

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

    private static void Put(scoped ReadOnlySpan<byte> bytes, Span<byte> destination, ref int size)
    {
        if (!destination.IsEmpty) bytes.CopyTo(destination[size..]);
        size += bytes.Length;
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

    /// <summary>What follows the backslash; 0, where only <c>u00</c> and digits can.</summary>
    private static byte ShortEscape(byte value) => Shorts.IndexOf(value) is var at and >= 0 ? ShortEscapes[at] : default;

    private static byte LongForm(byte escape) => ShortEscapes.IndexOf(escape) is var at and >= 0 ? Shorts[at] : escape;
}
