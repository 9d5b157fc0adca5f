using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kodama.Server;

/// <summary>A buffer with a writer of JSON in it, which its thread uses again.</summary>
internal sealed class V1Json
{
    private const int MostKept = 64 * 1024;

    // What is not ASCII stays as it is: this is not for HTML. What is written raw has been checked when it came.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic] private static V1Json? cached;

    private readonly ArrayBufferWriter<byte> buffer = new(1024);

    private V1Json() => Writer = new Utf8JsonWriter(buffer, Options);

    public Utf8JsonWriter Writer { get; }

    /// <summary>With an object that has been opened.</summary>
    public static V1Json Rent()
    {
        var json = cached ?? new V1Json();
        cached = null;
        json.Writer.WriteStartObject();
        return json;
    }

    /// <summary>Closes the object, and answers all of it; valid until <see cref="Return"/>.</summary>
    public ReadOnlySpan<byte> End()
    {
        Writer.WriteEndObject();
        Writer.Flush();
        return buffer.WrittenSpan;
    }

    public void Return()
    {
        if (buffer.Capacity > MostKept) return;
        buffer.ResetWrittenCount();
        Writer.Reset();
        cached = this;
    }
}
