using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kodama.SocketIO;

/// <summary>Escapes in JSON what JSON.stringify does, and nothing else: the quotation mark, the backslash and U+0000 to U+001F.</summary>
/// <remarks>Half of a surrogate pair is written by <see cref="TextConverter"/>: an encoder is only told that there was one.</remarks>
internal sealed unsafe class StringifyEncoder : JavaScriptEncoder
{
    private static readonly SearchValues<char> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(i => (char)i), '"', '\\']);

    private StringifyEncoder()
    {
    }

    public static StringifyEncoder Instance { get; } = new();

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var span = new ReadOnlySpan<char>(text, textLength);
        var first = span.IndexOfAny(Escaped);
        var surrogate = TextConverter.IndexOfHalf(span);
        return first < 0 || (surrogate >= 0 && surrogate < first) ? surrogate : first;
    }

    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text) => utf8Text.IndexOfAny(JsonQuote.Escaped);

    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < 0x20 or '"' or '\\';

    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var output = new Span<char>(buffer, bufferLength);
        Span<byte> escaped = stackalloc byte[6];
        var size = 1;
        if (unicodeScalar < 0x80)
        {
            size = JsonQuote.Escape([(byte)unicodeScalar], escaped);
            if (size <= bufferLength) Encoding.ASCII.GetChars(escaped[..size], output);
        }
        else if (bufferLength > 0)
        {
            // It stands for half of a pair in the name of a property: nothing else beyond ASCII is escaped.
            output[0] = (char)unicodeScalar;
        }
        numberOfCharactersWritten = size <= bufferLength ? size : 0;
        return size <= bufferLength;
    }
}

/// <summary>Strings, with halves of surrogate pairs, which UTF-8 cannot say, as JSON.stringify writes them: <c>\ud800</c>.</summary>
internal sealed class TextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? reader.GetString()
            : throw new JsonException($"A string was expected, not {reader.TokenType}.");

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        if (IndexOfHalf(value) < 0) writer.WriteStringValue(value);
        else writer.WriteRawValue(Quote(value), skipInputValidation: true);
    }

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString()!;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value);

    /// <summary>Where the first half of a surrogate pair is that has no other half beside it; -1 for none.</summary>
    public static int IndexOfHalf(ReadOnlySpan<char> text)
    {
        for (var at = 0; text[at..].IndexOfAnyInRange('\ud800', '\udfff') is var next and >= 0;)
        {
            at += next;
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1])) return at;
            at += 2;
        }
        return -1;
    }

    private static string Quote(ReadOnlySpan<char> text)
    {
        var quoted = new StringBuilder("\"");
        while (IndexOfHalf(text) is var half and >= 0)
        {
            quoted.Append(JsonEncodedText.Encode(text[..half], StringifyEncoder.Instance).Value);
            quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[half]:x4}");
            text = text[(half + 1)..];
        }
        return quoted.Append(JsonEncodedText.Encode(text, StringifyEncoder.Instance).Value).Append('"').ToString();
    }
}
