using System.Buffers.Text;
using System.Text;

namespace Kodama.Discovery;

/// <summary>
/// Reads one HTTP/1.1 response (RFC 9112), strictly and without I/O. Everything that arrives, head and framing included, counts towards the
/// bound.
/// <code>
/// response = "HTTP/1." DIGIT SP 3DIGIT [ SP reason ] CRLF *( token ":" OWS value OWS CRLF ) CRLF [ body ]
/// body     = Content-Length octets | chunks | octets until the end of the connection
/// </code>
/// </summary>
internal sealed class HttpResponseReader(int maxLength = HttpResponseReader.DefaultMaxLength)
{
    public const int DefaultMaxLength = 64 * 1024;

    public const int MaxHeadLength = 8 * 1024;

    private const int StatusLineLength = 12;

    private static ReadOnlySpan<byte> EndOfHead => "\r\n\r\n"u8;

    private byte[] buffer = new byte[1024];
    private int length;
    private int headLength;
    private int bodyLength;
    private BodyKind kind;
    private ChunkedBody? chunks;

    private enum BodyKind
    {
        UntilEnd,
        Length,
        Chunked,
    }

    public HttpReadState State { get; private set; }

    /// <summary>Of the status line; 0 until the head is there.</summary>
    public int Status { get; private set; }

    public bool HasHead => headLength > 0;

    /// <summary>The decoded body as far as it is there; valid until the next read.</summary>
    public ReadOnlySpan<byte> Body =>
        kind == BodyKind.Chunked ? chunks!.Data : buffer.AsSpan(headLength, Math.Min(bodyLength, length - headLength));

    /// <summary>The first byte that came, which tells TLS from HTTP.</summary>
    public byte? FirstByte => length > 0 ? buffer[0] : null;

    /// <summary>The first field of that name, without the space around it; null if there is none.</summary>
    public string? Header(string name)
    {
        if (!HasHead) return null;
        var lines = HeaderLines;
        while (NextLine(ref lines) is { IsEmpty: false } line)
        {
            var colon = line.IndexOf((byte)':');
            if (Ascii.EqualsIgnoreCase(line[..colon], name)) return Encoding.Latin1.GetString(line[(colon + 1)..].Trim(" \t"u8));
        }
        return null;
    }

    /// <summary>Takes what has arrived.</summary>
    public HttpReadState Read(ReadOnlySpan<byte> bytes)
    {
        if (State != HttpReadState.NeedMore) return State;
        if (bytes.Length > maxLength - length) return State = HttpReadState.Error;
        var scanned = Math.Max(0, length - EndOfHead.Length + 1);
        Append(bytes);
        if (!HasHead)
        {
            var end = buffer.AsSpan(scanned, length - scanned).IndexOf(EndOfHead);
            if (end < 0) return length < MaxHeadLength ? State : State = HttpReadState.Error;
            headLength = scanned + end + EndOfHead.Length;
            if (headLength > MaxHeadLength || !TryParseHead()) return State = HttpReadState.Error;
        }
        return State = kind switch
        {
            BodyKind.Length => length - headLength >= bodyLength ? HttpReadState.Complete : HttpReadState.NeedMore,
            BodyKind.Chunked => chunks!.Read(buffer.AsSpan(0, length)),
            _ => HttpReadState.NeedMore,
        };
    }

    /// <summary>Takes that the connection has ended.</summary>
    public HttpReadState End()
    {
        if (State == HttpReadState.NeedMore) State = HasHead && kind == BodyKind.UntilEnd ? HttpReadState.Complete : HttpReadState.Error;
        return State;
    }

    private ReadOnlySpan<byte> HeaderLines => buffer.AsSpan(0, headLength)[(buffer.AsSpan(0, headLength).IndexOf("\r\n"u8) + 2)..];

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (length + bytes.Length > buffer.Length)
            Array.Resize(ref buffer, Math.Min(maxLength, Math.Max(buffer.Length * 2, length + bytes.Length)));
        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }

    private bool TryParseHead()
    {
        var head = buffer.AsSpan(0, headLength);
        if (!TryParseStatus(head[..head.IndexOf("\r\n"u8)])) return false;
        var lines = HeaderLines;
        int? contentLength = null;
        while (NextLine(ref lines) is { IsEmpty: false } line)
        {
            if (!HttpField.TryParse(line, out var name, out var value)) return false;
            if (Ascii.EqualsIgnoreCase(name, "content-length"u8))
            {
                if (!TryParseLength(value, out var parsed) || (contentLength is { } other && other != parsed)) return false;
                contentLength = parsed;
            }
            else if (Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
            {
                if (chunks is not null || !Ascii.EqualsIgnoreCase(value, "chunked"u8)) return false;
                chunks = new ChunkedBody(headLength);
            }
        }
        // Both at once is how requests are smuggled (RFC 9112 section 6.3); nobody sends it in good faith.
        if (chunks is not null && contentLength is not null) return false;
        (kind, bodyLength) = (chunks, contentLength) switch
        {
            ({ }, _) => (BodyKind.Chunked, 0),
            (_, { } known) => (BodyKind.Length, known),
            _ => (BodyKind.UntilEnd, int.MaxValue),
        };
        return kind != BodyKind.Length || bodyLength <= maxLength - headLength;
    }

    private bool TryParseStatus(ReadOnlySpan<byte> line)
    {
        if (line.Length < StatusLineLength || !line.StartsWith("HTTP/1."u8) || !char.IsAsciiDigit((char)line[7]) || line[8] != ' ')
            return false;
        if (line.Length > StatusLineLength && line[StatusLineLength] != ' ') return false;
        if (line[9..StatusLineLength].ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        Status = ((line[9] - '0') * 100) + ((line[10] - '0') * 10) + line[11] - '0';
        return Status >= 200;
    }

    private static bool TryParseLength(ReadOnlySpan<byte> value, out int parsed)
    {
        parsed = 0;
        return !value.ContainsAnyExceptInRange((byte)'0', (byte)'9') && Utf8Parser.TryParse(value, out parsed, out var consumed)
            && consumed == value.Length;
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> lines)
    {
        var end = lines.IndexOf("\r\n"u8);
        var line = lines[..end];
        lines = lines[(end + 2)..];
        return line;
    }
}
