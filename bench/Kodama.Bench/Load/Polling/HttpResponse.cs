using System.Globalization;
using System.Text;

namespace Kodama.Bench.Load.Polling;

/// <summary>An answer with a Content-Length (RFC 9112), as servers of Socket.IO give it.</summary>
internal readonly ref struct HttpResponse(ReadOnlySpan<byte> body)
{
    private const int MaxHead = 16 * 1024;
    private const int MaxBody = 1024 * 1024;

    public ReadOnlySpan<byte> Body { get; } = body;

    /// <summary>Takes an answer from the front of these bytes, where a whole one is there.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> bytes, out HttpResponse response)
    {
        response = default;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return bytes.Length <= MaxHead ? false : throw new LoadException($"The server sent {bytes.Length} bytes of headers.");
        var head = bytes[..end];
        var start = end + 4;
        var length = ContentLength(head);
        if (bytes.Length - start < length)
            return false;

        var body = bytes.Slice(start, length);
        if (!head.StartsWith("HTTP/1.1 200"u8))
        {
            var status = head[..Math.Max(0, head.IndexOf("\r\n"u8))];
            throw new LoadException($"The server refused: {Encoding.UTF8.GetString(status)} {Encoding.UTF8.GetString(body)}");
        }
        response = new HttpResponse(body);
        bytes = bytes[(start + length)..];
        return true;
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            var colon = line.IndexOf((byte)':');
            if (colon < 0 || !Ascii.EqualsIgnoreCase(line[..colon], "Content-Length"u8))
                continue;
            var value = line[(colon + 1)..].Trim((byte)' ');
            if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= MaxBody)
                return length;
        }

        throw new LoadException($"The server's answer has no Content-Length that could be: {Encoding.UTF8.GetString(head)}");
    }
}
