using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Kodama.Pusher;

/// <summary>
/// Writes JSON as <c>JSON.stringify</c> does. A thread uses its buffers again; one within another is another.
/// </summary>
internal sealed class JsonBuffer : IDisposable
{
    private const int MostKept = 64 * 1024;

    [ThreadStatic] private static JsonBuffer? cached;

    private byte[] bytes = new byte[1024];
    private int length;
    private JsonBuffer? next;

    private JsonBuffer()
    {
    }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, length);

    public static JsonBuffer Rent()
    {
        var buffer = cached ?? new JsonBuffer();
        cached = buffer.next;
        buffer.length = 0;
        return buffer;
    }

    public void Dispose()
    {
        if (bytes.Length > MostKept) return;
        next = cached;
        cached = this;
    }

    /// <summary>Bytes as they are.</summary>
    public JsonBuffer Raw(ReadOnlySpan<byte> json)
    {
        json.CopyTo(Take(json.Length));
        return this;
    }

    /// <summary>Characters as they are, in UTF-8.</summary>
    public JsonBuffer Raw(ReadOnlySpan<char> text)
    {
        length += Encoding.UTF8.GetBytes(text, Reserve(Encoding.UTF8.GetMaxByteCount(text.Length)));
        return this;
    }

    public JsonBuffer Number(long value)
    {
        var room = Reserve(20);
        Utf8Formatter.TryFormat(value, room, out var written);
        length += written;
        return this;
    }

    /// <summary>A string of UTF-8.</summary>
    public JsonBuffer Text(ReadOnlySpan<byte> utf8)
    {
        Take(1)[0] = (byte)'"';
        JsonQuote.Escape(utf8, Take(JsonQuote.EscapedSize(utf8)));
        Take(1)[0] = (byte)'"';
        return this;
    }

    /// <summary>A string.</summary>
    public JsonBuffer Text(ReadOnlySpan<char> text)
    {
        byte[]? rented = null;
        Span<byte> utf8 = stackalloc byte[256];
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most > utf8.Length) utf8 = rented = ArrayPool<byte>.Shared.Rent(most);
        Text(utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    private Span<byte> Take(int count)
    {
        var room = Reserve(count);
        length += count;
        return room[..count];
    }

    private Span<byte> Reserve(int count)
    {
        if (bytes.Length - length < count) Array.Resize(ref bytes, Math.Max(2 * bytes.Length, length + count));
        return bytes.AsSpan(length);
    }
}
