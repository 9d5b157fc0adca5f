using System.Buffers;

namespace Kodama;

/// <summary>
/// The inside of JSON strings, in UTF-8, as JSON.stringify writes it (ECMA-262, QuoteJSONString): it escapes the quotation mark, the
/// backslash and U+0000 to U+001F, and nothing else. Thread-safe, allocates nothing.
/// </summary>
internal static class JsonQuote
{
    public static readonly SearchValues<byte> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    /// <summary>Characters that have an escape of two.</summary>
    public static ReadOnlySpan<byte> Shorts => "\"\\\b\f\n\r\t"u8;

    /// <summary>What follows the backslash of each.</summary>
    public static ReadOnlySpan<byte> ShortEscapes => "\"\\bfnrt"u8;

    private static ReadOnlySpan<byte> HexDigits => "0123456789abcdef"u8;

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

    private static void Put(scoped ReadOnlySpan<byte> bytes, Span<byte> destination, ref int size)
    {
        if (!destination.IsEmpty) bytes.CopyTo(destination[size..]);
        size += bytes.Length;
    }

    /// <summary>What follows the backslash; 0, where only <c>u00</c> and digits can.</summary>
    private static byte ShortEscape(byte value) => Shorts.IndexOf(value) is var at and >= 0 ? ShortEscapes[at] : default;
}
