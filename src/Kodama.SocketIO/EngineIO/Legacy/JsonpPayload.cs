using System.Globalization;
using System.Text;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>Polling by script elements: a response is a call with the body as a string, a POST a form whose field <c>d</c> is it.</summary>
internal static class JsonpPayload
{
    /// <summary>Makes a body the script that hands it to the client's function.</summary>
    /// <param name="body">UTF-8.</param>
    /// <param name="index">The query parameter <c>j</c>; all but its digits is left out, since it becomes code.</param>
    public static void Wrap(ref PooledBytes body, string index)
    {
        var text = new byte[JsonQuote.EscapedSize(body.Span)];
        JsonQuote.Escape(body.Span, text);
        // JSON allows the two line separators unescaped, and older JavaScript does not.
        if (text.AsSpan().IndexOf("\u2028"u8[..2]) >= 0)
        {
            text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text)
                .Replace("\u2028", "\\u2028", StringComparison.Ordinal).Replace("\u2029", "\\u2029", StringComparison.Ordinal));
        }
        body.Length = 0;
        body.Append(Encoding.ASCII.GetBytes($"___eio[{string.Concat(index.Where(char.IsAsciiDigit))}](\""));
        body.Append(text);
        body.Append("\");"u8);
    }

    /// <summary>Finds field <c>d</c> of a form, and decodes it in place; null for none. False, if an escape is malformed.</summary>
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
