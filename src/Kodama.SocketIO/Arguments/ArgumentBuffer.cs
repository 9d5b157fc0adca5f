using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Kodama.SocketIO;

/// <summary>
/// Arguments that are written to be sent, in memory that is used again: whoever sends them gives it back, and keeps nothing of the payload.
/// </summary>
internal sealed class ArgumentBuffer : IBufferWriter<byte>, IDisposable
{
    private const int LargestKept = 64 * 1024;

    // One for a thread; a second one is made for who sends while another writes, as a converter may.
    [ThreadStatic] private static ArgumentBuffer? cached;

    private readonly Utf8JsonWriter writer;
    private ArgumentJson? json;
    private List<ReadOnlyMemory<byte>>? attachments;
    private byte[] bytes = new byte[512];
    private int written;

    private ArgumentBuffer() => writer = new Utf8JsonWriter(this, ArgumentJson.Writing);

    public Payload Payload { get; private set; }

    public static ArgumentBuffer Of(in Payload payload)
    {
        var buffer = Rent();
        buffer.Payload = payload;
        return buffer;
    }

    public static ArgumentBuffer Of(string text)
    {
        var buffer = Rent();
        buffer.Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        var size = Encoding.UTF8.GetBytes(text, buffer.bytes);
        buffer.Payload = Payload.OfText(buffer.bytes.AsMemory(0, size));
        return buffer;
    }

    /// <summary>An array of what is added, until its end; its bytes become attachments.</summary>
    public static ArgumentBuffer Begin(ArgumentJson json)
    {
        var buffer = Rent();
        (buffer.json, buffer.attachments) = (json, null);
        buffer.writer.Reset();
        buffer.writer.WriteStartArray();
        return buffer;
    }

    public ArgumentBuffer Add<T>(T value)
    {
        using var collection = BinaryArguments.Collect(attachments);
        json!.WriteOne(writer, value);
        attachments = BinaryArguments.Collected;
        return this;
    }

    public ArgumentBuffer End()
    {
        writer.WriteEndArray();
        writer.Flush();
        Payload = Payload.Arguments(bytes.AsMemory(0, written), attachments);
        return this;
    }

    public void Dispose()
    {
        (Payload, attachments) = (default, null);
        if (bytes.Length <= LargestKept) cached = this;
    }

    void IBufferWriter<byte>.Advance(int count) => written += count;

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        Reserve(written + Math.Max(sizeHint, 1));
        return bytes.AsMemory(written);
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => ((IBufferWriter<byte>)this).GetMemory(sizeHint).Span;

    private static ArgumentBuffer Rent()
    {
        var buffer = cached ?? new ArgumentBuffer();
        cached = null;
        buffer.written = 0;
        return buffer;
    }

    private void Reserve(int size)
    {
        if (size > bytes.Length) Array.Resize(ref bytes, Math.Max(size, bytes.Length * 2));
    }
}
