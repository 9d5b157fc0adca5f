using System.Globalization;
using System.IO.Compression;
using Microsoft.Extensions.Primitives;

namespace Kodama.SocketIO;

/// <summary>A content coding for answers (RFC 9110 section 8.4.1).</summary>
internal sealed class ContentCoding
{
    private static readonly ContentCoding Gzip = new("gzip", static to => new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true));
    private static readonly ContentCoding Brotli = new("br", static to => new BrotliStream(to, CompressionLevel.Fastest, leaveOpen: true));

    private readonly Func<Stream, Stream> compress;

    private ContentCoding(string name, Func<Stream, Stream> compress)
    {
        Name = name;
        this.compress = compress;
    }

    /// <summary>As in <c>Content-Encoding</c>.</summary>
    public string Name { get; }

    /// <summary>What the client likes best of gzip and br, gzip where it does not care, or null for neither (RFC 9110 section
    /// 12.5.3).</summary>
    public static ContentCoding? Choose(StringValues acceptEncoding)
    {
        var (gzip, brotli) = (Quality(acceptEncoding, Gzip.Name), Quality(acceptEncoding, Brotli.Name));
        if (gzip <= 0 && brotli <= 0) return null;
        return gzip >= brotli ? Gzip : Brotli;
    }

    /// <summary>Whether the client takes a coding.</summary>
    public static bool Takes(StringValues acceptEncoding, string name) => Quality(acceptEncoding, name) > 0;

    public void Compress(ReadOnlySpan<byte> bytes, Stream to)
    {
        using var stream = compress(to);
        stream.Write(bytes);
    }

    private static double Quality(StringValues acceptEncoding, string name)
    {
        var any = 0.0;
        foreach (var line in acceptEncoding)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var item = line.AsSpan(range).Trim();
                var semicolon = item.IndexOf(';');
                var coding = semicolon < 0 ? item : item[..semicolon].TrimEnd();
                var weight = semicolon < 0 ? 1 : Weight(item[(semicolon + 1)..].Trim());
                if (coding.Equals(name, StringComparison.OrdinalIgnoreCase)) return weight;
                if (coding is "*") any = weight;
            }
        }
        return any;
    }

    private static double Weight(ReadOnlySpan<char> parameter) =>
        parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase)
        && double.TryParse(parameter[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) ? weight : 1;
}
