using System.Buffers;
using System.Globalization;

namespace Kodama.SocketIO;

/// <summary>Polling by script elements: a response is a call with the body as a string, and a POST is a form whose field <c>d</c> is the
/// body.</summary>
internal static class JsonpPayload
{
    /// <summary>Writes the script that hands <paramref name="body"/> to the client's function number <paramref name="index"/>.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="index">The query parameter <c>j</c>; all but its digits is left out, since it becomes code.</param>
    /// <param name="body">UTF-8.</param>
    public static void Write(IBufferWriter<byte> output, string index, ReadOnlySpan<byte> body)
    {
        output.Write("___eio["u8);
        foreach (var digit in index)
        {
            if (char.IsAsciiDigit(digit)) output.Write([(byte)digit]);
        }
        output.Write("](\""u8);
        WriteScript(output, body);
        output.Write("\");"u8);
    }

    /// <summary>Finds field <c>d</c> of a form and decodes it in place; false if there is none or an escape is malformed.</summary>
    public static bool TryRead(Memory<byte> form, out Memory<byte> body)
    {
        body = default;
        while (!form.IsEmpty)
        {
            var end = form.Span.IndexOf((byte)'&');
            var field = end < 0 ? form : form[..end];
            form = end < 0 ? default : form[(end + 1)..];
            if (!field.Span.StartsWith("d="u8)) continue;
            field = field[2..];
            if (!TryUnescapeForm(field.Span, out var length)) return false;
            body = field[..UnescapeNewlines(field.Span[..length])];
            return true;
        }
        return false;
    }

    /// <summary>A JSON string, and of the two line separators that JSON allows and older JavaScript does not, the escapes.</summary>
    private static void WriteScript(IBufferWriter<byte> output, ReadOnlySpan<byte> body)
    {
        var json = output.GetSpan(JsonText.EscapedSize(body))[..JsonText.EscapedSize(body)];
        JsonText.Escape(body, json);
        // U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
        if (json.IndexOf("\u2028"u8) < 0 && json.IndexOf("\u2029"u8) < 0)
        {
            output.Advance(json.Length);
            return;
        }
        ReadOnlySpan<byte> copy = json.ToArray();
        while (copy.IndexOf("\u2028"u8[..2]) is var at and >= 0)
        {
            var third = at + 2 < copy.Length ? copy[at + 2] : 0;
            output.Write(copy[..at]);
            if (third is 0xA8) output.Write("\\u2028"u8);
            else if (third is 0xA9) output.Write("\\u2029"u8);
            else output.Write(copy.Slice(at, 3));
            copy = copy[(at + 3)..];
        }
        output.Write(copy);
    }

    private static bool TryUnescapeForm(Span<byte> text, out int length)
    {
        length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var value = text[i];
            if (value == (byte)'+') value = (byte)' ';
            if (value == (byte)'%')
            {
                if (i + 2 >= text.Length || !byte.TryParse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, null, out value))
                    return false;
                i += 2;
            }
            text[length++] = value;
        }
        return true;
    }

    /// <summary>Browsers alter line ends in forms, so a client sends \n for a line feed and \\n for the two characters \n.</summary>
    private static int UnescapeNewlines(Span<byte> text)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i..].StartsWith("\\\\n"u8))
            {
                text[length++] = (byte)'\\';
                text[length++] = (byte)'n';
                i += 2;
            }
            else if (text[i..].StartsWith("\\n"u8))
            {
                text[length++] = (byte)'\n';
                i++;
            }
            else
            {
                text[length++] = text[i];
            }
        }
        return length;
    }
}
