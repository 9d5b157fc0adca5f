using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Kodama.Core.Tests;

/// <summary>A wire format for tests that carries positions: 4 bytes of length, 8 digits of the offset, and what happened as a
/// text.</summary>
internal sealed class Positioned : IMessageEncoder
{
    private const int Digits = 8;

    private int encoded;
    private int marks;

    /// <summary>How often it was asked to encode a message.</summary>
    public int Encoded => Volatile.Read(ref encoded);

    /// <summary>How often it was asked to encode a mark.</summary>
    public int Marks => Volatile.Read(ref marks);

    /// <summary>Runs while a mark is being encoded.</summary>
    public Action? WhileEncodingMark { get; set; }

    public bool CarriesPosition => true;

    public Frame Encode(in Message message)
    {
        Interlocked.Increment(ref encoded);
        return Write(message.Offset, message.IsTransient ? $"~{message.Payload}" : message.Payload.ToString());
    }

    public Frame Encode(Room room, Entry change) => Write(change.Offset, $"{change.Action} {change.Key} {change.Payload}".TrimEnd());

    public Frame Encode(in RoomMark mark)
    {
        Interlocked.Increment(ref marks);
        WhileEncodingMark?.Invoke();
        return Write(mark.Position.Offset, mark.Gap is { } gap ? $"gap {gap}{Keys(mark)}" : mark.IsLive ? "live" : $"keys{Keys(mark)}");
    }

    public void Place(Span<byte> frame, long offset, DateTimeOffset time) =>
        offset.TryFormat(frame.Slice(4, Digits), out _, "D8", CultureInfo.InvariantCulture);

    private static string Keys(in RoomMark mark) =>
        mark.Keys is null ? "" : $" {mark.KeysAt} [{string.Join(' ', mark.Keys.Select(key => $"{key.Key}={key.Payload}"))}]";

    private static Frame Write(long offset, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var frame = Frame.Rent(4 + Digits + bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(frame.Span, Digits + bytes.Length);
        offset.TryFormat(frame.Span.Slice(4, Digits), out _, "D8", CultureInfo.InvariantCulture);
        bytes.CopyTo(frame.Span[(4 + Digits)..]);
        return frame;
    }
}
