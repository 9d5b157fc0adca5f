using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Kodama.Server;

/// <summary>Writes one event after another of a stream (HTML standard, section 9.2) into memory of the thread's own.</summary>
internal sealed class SseFrames
{
    private const int LargestKept = 64 * 1024;

    /// <summary>An offset's digits, always as many, so that it can be filled in later.</summary>
    public const int OffsetDigits = 20;

    [ThreadStatic] private static SseFrames? cached;

    private static readonly JsonWriterOptions Json = new() { Encoder = ApiJson.Encoder };

    private readonly ArrayBufferWriter<byte> buffer = new();

    private SseFrames()
    {
    }

    /// <summary>With which the line of a position begins.</summary>
    public static ReadOnlySpan<byte> Id => "id: "u8;

    /// <summary>Begins anew; what was written before is gone.</summary>
    public static SseFrames Begin()
    {
        var frames = cached is { buffer.Capacity: <= LargestKept } kept ? kept : cached = new SseFrames();
        frames.buffer.ResetWrittenCount();
        return frames;
    }

    /// <summary>
    /// An event, whose position, where it has one, becomes the stream's: <c>event: NAME</c>, <c>id: EPOCH:OFFSET</c>, <c>data: {...}</c>.
    /// </summary>
    public void Event<T>(ReadOnlySpan<byte> name, Position? position, T data, Action<Utf8JsonWriter, T> write)
    {
        buffer.Write("event: "u8);
        buffer.Write(name);
        buffer.Write("\n"u8);
        if (position is { } at) WriteId(at);
        buffer.Write("data: "u8);
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            write(json, data);
            json.WriteEndObject();
        }
        buffer.Write("\n\n"u8);
    }

    /// <summary>No event, but the stream's position.</summary>
    public void At(Position position)
    {
        WriteId(position);
        buffer.Write("\n"u8);
    }

    /// <summary>What was written, as a frame.</summary>
    public Frame ToFrame() => Frame.Copy(buffer.WrittenSpan);

    private void WriteId(Position position)
    {
        buffer.Write(Id);
        Encoding.ASCII.GetBytes(position.Epoch, buffer);
        buffer.Write(":"u8);
        Utf8Formatter.TryFormat(position.Offset, buffer.GetSpan(OffsetDigits), out var written, new StandardFormat('D', OffsetDigits));
        buffer.Advance(written);
        buffer.Write("\n"u8);
    }
}
