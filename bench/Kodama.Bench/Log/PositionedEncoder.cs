using System.Buffers.Binary;

namespace Kodama.Bench.Log;

/// <summary>The least that a format with positions can be: 4 bytes of length, 8 of the offset, the payload.</summary>
internal sealed class PositionedEncoder : IMessageEncoder
{
    public const int Head = sizeof(int) + sizeof(long);

    public static readonly PositionedEncoder Instance = new();

    public bool CarriesPosition => true;

    public Frame Encode(in Message message)
    {
        var payload = message.Payload.Bytes.Span;
        var frame = Frame.Rent(Head + payload.Length);
        BinaryPrimitives.WriteInt32LittleEndian(frame.Span, frame.Length);
        BinaryPrimitives.WriteInt64LittleEndian(frame.Span[sizeof(int)..], message.Offset);
        payload.CopyTo(frame.Span[Head..]);
        return frame;
    }

    public void Place(Span<byte> frame, long offset, DateTimeOffset time) =>
        BinaryPrimitives.WriteInt64LittleEndian(frame[sizeof(int)..], offset);
}
