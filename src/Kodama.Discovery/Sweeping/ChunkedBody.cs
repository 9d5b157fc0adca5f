using System.Buffers;
using System.Buffers.Text;

namespace Kodama.Discovery;

/// <summary>
/// Takes the chunks out of a buffer that grows (RFC 9112 section 7.1):
/// <code>
/// chunked = *( 1*HEXDIG [ ";" extension ] CRLF octets CRLF ) 1*"0" [ ";" extension ] CRLF *( field CRLF ) CRLF
/// </code>
/// </summary>
internal sealed class ChunkedBody(int start)
{
    // A size that needs more digits is beyond any bound; a line longer than this is no size.
    private const int MaxSizeDigits = 6;
    private const int MaxLine = 1024;

    private readonly ArrayBufferWriter<byte> data = new();
    private int position = start;
    private bool inTrailer;

    public ReadOnlySpan<byte> Data => data.WrittenSpan;

    public HttpReadState Read(ReadOnlySpan<byte> buffer)
    {
        while (true)
        {
            var rest = buffer[position..];
            var end = rest[..Math.Min(rest.Length, MaxLine)].IndexOf("\r\n"u8);
            if (end < 0) return rest.Length >= MaxLine ? HttpReadState.Error : HttpReadState.NeedMore;
            if (inTrailer)
            {
                position += end + 2;
                if (end == 0) return HttpReadState.Complete;
                if (!HttpField.TryParse(rest[..end], out _, out _)) return HttpReadState.Error;
                continue;
            }
            if (!TryParseSize(rest[..end], out var size)) return HttpReadState.Error;
            if (size == 0)
            {
                position += end + 2;
                inTrailer = true;
                continue;
            }
            var chunk = rest[(end + 2)..];
            if (chunk.Length < size + 2) return HttpReadState.NeedMore;
            if (!chunk.Slice(size, 2).SequenceEqual("\r\n"u8)) return HttpReadState.Error;
            data.Write(chunk[..size]);
            position += end + 2 + size + 2;
        }
    }

    private static bool TryParseSize(ReadOnlySpan<byte> line, out int size)
    {
        var semicolon = line.IndexOf((byte)';');
        var digits = (semicolon < 0 ? line : line[..semicolon]).TrimEnd(" \t"u8);
        size = 0;
        return digits.Length is > 0 and <= MaxSizeDigits && Utf8Parser.TryParse(digits, out size, out var consumed, 'x')
            && consumed == digits.Length;
    }
}
