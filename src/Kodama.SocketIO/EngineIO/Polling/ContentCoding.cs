using System.IO.Compression;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

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
        if (!StringWithQualityHeaderValue.TryParseList(acceptEncoding, out var codings)) return 0;
        var coding = codings.FirstOrDefault(coding => coding.Value.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? codings.FirstOrDefault(coding => coding.Value == "*");
        return coding is null ? 0 : coding.Quality ?? 1;
    }
}
