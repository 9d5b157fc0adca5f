using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kodama.Server;

/// <summary>Writes Server-Sent Events (HTML standard, section 9.2): a name and one line of JSON each.</summary>
/// <remarks>Through a buffer of its own: Kestrel's may answer an empty span where no size is asked for, which the generic Write takes for
/// an error.</remarks>
internal sealed class SseWriter(PipeWriter output)
{
    private static readonly JsonWriterOptions Json = new() { Encoder = ApiJson.Encoder };

    private readonly ArrayBufferWriter<byte> buffer = new();

    public void Write<T>(ReadOnlySpan<byte> name, T data, JsonTypeInfo<T> type) =>
        Write(name, json => JsonSerializer.Serialize(json, data, type));

    public void Write(ReadOnlySpan<byte> name, Action<Utf8JsonWriter> write)
    {
        buffer.Write("event: "u8);
        buffer.Write(name);
        buffer.Write("\ndata: "u8);
        using (var json = new Utf8JsonWriter(buffer, Json)) write(json);
        buffer.Write("\n\n"u8);
    }

    /// <summary>Bytes written and not yet sent.</summary>
    public int Waiting => buffer.WrittenCount;

    /// <summary>Sends an event piece by piece, as the reader takes it: it may be larger than should lie in memory for one reader.</summary>
    public async ValueTask SendLargeAsync<T>(string name, T data, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        buffer.Write(Encoding.UTF8.GetBytes($"event: {name}\ndata: "));
        await FlushAsync(cancellationToken);
        await JsonSerializer.SerializeAsync(output, data, type, cancellationToken);
        buffer.Write("\n\n"u8);
        await FlushAsync(cancellationToken);
    }

    public void WriteComment() => buffer.Write(":\n\n"u8);

    /// <summary>Sends what was written, and waits until the reader has room for more.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
        buffer.ResetWrittenCount();
    }
}
