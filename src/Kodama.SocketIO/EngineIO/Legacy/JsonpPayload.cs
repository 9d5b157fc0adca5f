using System.Globalization;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>Polling by script elements: a response is a call with the body as a string, and a POST is a form whose field <c>d</c> is the
/// body.</summary>
internal static class JsonpPayload
{
    /// <summary>Makes a body the script that hands it to the client's function.</summary>
    /// <param name="body">UTF-8.</param>
    /// <param name="index">The query parameter <c>j</c>; all but its digits is left out, since it becomes code.</param>
    public static void Wrap(ref PooledBytes body, string index)
    {
        PooledBytes script = default;
        script.Append("___eio["u8);
        foreach (var digit in index)
        {
            if (char.IsAsciiDigit(digit)) script.Append([(byte)digit]);
        }
        script.Append("](\""u8);
        AppendString(ref script, body.Span);
        script.Append("\");"u8);
        body.Return();
        body = script;
    }

    /// <summary>Finds field <c>d</c> of a form and decodes it in place; null, if there is none. False, if an escape is
    /// malformed.</summary>
    public static bool TryRead(Memory<byte> form, out Memory<byte>? body)
    {
        body = null;
        while (!form.IsEmpty)
        {
            var end = form.Span.IndexOf((byte)'&');
            var field = end < 0 ? form : form[..end];
            form = end < 0 ? default : form[(end + 1)..];
            if (!field.Span.StartsWith("d="u8)) continue;
            field = field[2..];
            if (!TryUnescapeForm(field.Span, out var length)) return false;
            body = field[..UnescapeNewlines(field.Span[..length])];
            break;
        }
        return true;
    }

    /// <summary>A JSON string, and of the two line separators that JSON allows and older JavaScript does not, the escapes.</summary>
    private static void AppendString(ref PooledBytes script, ReadOnlySpan<byte> text)
    {
        // U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
        while (text.IndexOf("\u2028"u8[..2]) is var at and >= 0)
        {
            AppendEscaped(ref script, text[..at]);
            var third = at + 2 < text.Length ? text[at + 2] : 0;
            if (third is 0xA8) script.Append("\\u2028"u8);
            else if (third is 0xA9) script.Append("\\u2029"u8);
            else script.Append(text.Slice(at, 3));
            text = text[(at + 3)..];
        }
        AppendEscaped(ref script, text);
    }

    private static void AppendEscaped(ref PooledBytes script, ReadOnlySpan<byte> text)
    {
        var at = script.Length;
        script.EnsureCapacity(at + JsonText.EscapedSize(text));
        script.Length = at + JsonText.EscapedSize(text);
        JsonText.Escape(text, script.Span[at..]);
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
            if (text[i..].StartsWith("\\n"u8))
            {
                text[length++] = (byte)'\n';
                i++;
                continue;
            }
            if (text[i..].StartsWith("\\\\n"u8)) i++;
            text[length++] = text[i];
        }
        return length;
    }
}
