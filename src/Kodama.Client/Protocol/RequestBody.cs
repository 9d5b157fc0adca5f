using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kodama.Client.Protocol;

/// <summary>Writes what a request says beside its type, number and <c>again</c>, which differ from attempt to attempt.</summary>
internal static class RequestBody
{
    // Who writes for nobody's page escapes no more than JSON asks for: what is escaped counts for the bound of a frame.
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static Scratch? scratch;

    /// <summary>The members of the object, and its closing brace.</summary>
    public static byte[] Write<T>(T what, Action<Utf8JsonWriter, T> write)
    {
        var (buffer, writer) = scratch ??= new Scratch();
        try
        {
            writer.WriteStartObject();
            write(writer, what);
            writer.WriteEndObject();
            writer.Flush();
            return buffer.WrittenSpan[1..].ToArray();
        }
        finally
        {
            writer.Reset();
            buffer.ResetWrittenCount();
            if (buffer.Capacity > Scratch.MostKept) scratch = null;
        }
    }

    /// <summary>The payload and its event; bytes follow as a message of their own.</summary>
    public static void WritePayload(this Utf8JsonWriter writer, string? eventName, in RoomPayload payload)
    {
        if (eventName is not null) writer.WriteString("event"u8, eventName);
        if (payload.IsText)
        {
            writer.WriteString("text"u8, payload.Bytes.Span);
        }
        else if (payload.IsBinary)
        {
            writer.WriteBoolean("binary"u8, true);
        }
        else
        {
            writer.WritePropertyName("args"u8);
            writer.WriteRawValue(payload.Bytes.Span, skipInputValidation: true);
        }
    }

    private sealed class Scratch
    {
        public const int MostKept = 64 * 1024;

        public ArrayBufferWriter<byte> Buffer { get; } = new(1024);

        public Utf8JsonWriter Writer => field ??= new Utf8JsonWriter(Buffer, Options);

        public void Deconstruct(out ArrayBufferWriter<byte> buffer, out Utf8JsonWriter writer) => (buffer, writer) = (Buffer, Writer);
    }
}
