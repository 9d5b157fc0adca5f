using System.Buffers;
using System.Text;

namespace Kodama.WebSockets;

/// <summary>
/// One extension of a Sec-WebSocket-Extensions header (RFC 6455 section 9.1):
/// <code>
/// extension-list  = 1#extension
/// extension       = token *( ";" extension-param )
/// extension-param = token [ "=" ( token | quoted-string ) ]   ; the quoted value, unescaped, is a token too
/// </code>
/// </summary>
public sealed class WebSocketExtension
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private WebSocketExtension(string name, IReadOnlyList<KeyValuePair<string, string?>> parameters)
    {
        Name = name;
        Parameters = parameters;
    }

    /// <summary>The extension's token, as written.</summary>
    public string Name { get; }

    /// <summary>The parameters in their order, repeated ones too; the value is null where there is none.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Parameters { get; }

    /// <summary>Parses a header's value. False when it breaks the grammar; the handshake must then fail.</summary>
    public static bool TryParse(string header, out IReadOnlyList<WebSocketExtension> extensions)
    {
        ArgumentNullException.ThrowIfNull(header);
        var found = new List<WebSocketExtension>();
        var scanner = new Scanner(header);
        extensions = found;
        do
        {
            // The list rule of HTTP lets elements be empty (RFC 9110 section 5.6.1.2).
            if (scanner.IsAt(',') || scanner.AtEnd)
                continue;
            if (!scanner.TryToken(out string name))
                return false;

            var parameters = new List<KeyValuePair<string, string?>>();
            while (scanner.TryTake(';'))
            {
                string? value = null;
                if (!scanner.TryToken(out string parameter) || (scanner.TryTake('=') && !scanner.TryValue(out value)))
                    return false;
                parameters.Add(new(parameter, value));
            }
            found.Add(new WebSocketExtension(name, parameters));
        }
        while (scanner.TryTake(','));
        return scanner.AtEnd && found.Count > 0;
    }

    private ref struct Scanner(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> rest = text.TrimStart(" \t");

        public readonly bool AtEnd => rest.IsEmpty;

        public readonly bool IsAt(char c) => !rest.IsEmpty && rest[0] == c;

        public bool TryTake(char c)
        {
            if (!IsAt(c))
                return false;
            Advance(1);
            return true;
        }

        public bool TryToken(out string token)
        {
            int length = rest.IndexOfAnyExcept(TokenCharacters);
            if (length < 0)
                length = rest.Length;
            token = rest[..length].ToString();
            Advance(length);
            return length > 0;
        }

        public bool TryValue(out string? value)
        {
            bool read = IsAt('"') ? TryQuoted(out string text) : TryToken(out text);
            value = text;
            return read;
        }

        private bool TryQuoted(out string value)
        {
            var unescaped = new StringBuilder();
            value = "";
            for (int i = 1; i < rest.Length; i++)
            {
                char c = rest[i];
                if (c == '"')
                {
                    value = unescaped.ToString();
                    Advance(i + 1);
                    return value.Length > 0;
                }
                if (c == '\\' && ++i < rest.Length)
                    c = rest[i];
                if (!TokenCharacters.Contains(c))
                    return false;
                unescaped.Append(c);
            }
            return false;
        }

        private void Advance(int count) => rest = rest[count..].TrimStart(" \t");
    }
}
