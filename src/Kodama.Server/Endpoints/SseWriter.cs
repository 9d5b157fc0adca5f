using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kodama.Server;

/// <summary>Writes Server-Sent Events (HTML standard, section 9.2): a name and one line of JSON each.</summary>
internal sealed class SseWriter(PipeWriter output)
{
    public void Write<T>(ReadOnlySpan<byte> name, T data, JsonTypeInfo<T> type) => Write(name, json => JsonSerializer.Serialize(json, data, type));

    public void Write(ReadOnlySpan<byte> name, Action<Utf8JsonWriter> write)
    {
        output.Write("event: "u8);
        output.Write(name);
        output.Write("\ndata: "u8);
        using (var json = new Utf8JsonWriter(output)) write(json);
        output.Write("\n\n"u8);
    }

    public void WriteComment() => output.Write(":\n\n"u8);

    public ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);
}
