using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Kodama.SocketIO;

/// <summary>
/// How the peers of a namespace with recovery get events: with an offset as last argument. Frames are written before the order of events is
/// known, and so have a hole for it, of fixed width, which <see cref="Number"/> fills. Thread-safe.
/// </summary>
/// <remarks>
/// An offset is 4 characters for this life of the namespace and 8 for the event's number in it, in base64url: clients keep theirs when they
/// find a server that knows nothing of it.
/// </remarks>
internal sealed class RecoveryEncoder : IOrderedEncoder
{
    private const int EpochLength = 4;
    private const int NumberLength = 8;
    private const int OffsetLength = EpochLength + NumberLength;

    private readonly ReadOnlyMemory<byte> name;
    private readonly byte[] epoch = new byte[EpochLength];
    private readonly Func<long> current;

    /// <param name="name">The namespace in UTF-8.</param>
    /// <param name="gate">The lock under which events are numbered.</param>
    /// <param name="current">The number of the last event, which those outside the order of any room repeat.</param>
    public RecoveryEncoder(ReadOnlyMemory<byte> name, Lock gate, Func<long> current)
    {
        this.name = name;
        Gate = gate;
        this.current = current;
        Span<byte> random = stackalloc byte[3];
        RandomNumberGenerator.Fill(random);
        Base64Url.EncodeToUtf8(random, epoch);
    }

    public Lock Gate { get; }

    public Frame Encode(in Message message)
    {
        if (ReservedEvents.Contains(message.Event)) return PacketFrame.Encode(EnginePacketType.Noop);
        var offset = OffsetBuffer();
        Write(offset, current());
        return PacketFrame.Encode(OutgoingPacket.ForEvent(name, message.Event, message.Payload, offset: offset), EngineFormat.WebSocket);
    }

    public void Place_NeedsLock(in Message message, in Frame frame)
    {
        if (!ReservedEvents.Contains(message.Event)) Number(frame.Span, current());
    }

    /// <summary>Writes the number into a frame that this encoder made.</summary>
    public static void Number(Span<byte> frame, long number)
    {
        var length = frame[1] & 0x7F;
        var end = length switch
        {
            126 => 4 + BinaryPrimitives.ReadUInt16BigEndian(frame[2..]),
            127 => 10 + (int)BinaryPrimitives.ReadUInt64BigEndian(frame[2..]),
            _ => 2 + length,
        };
        // The text ends with the offset, a quotation mark and a bracket.
        WriteNumber(frame.Slice(end - 2 - NumberLength, NumberLength), number);
    }

    /// <summary>The number in an offset of this life of the namespace; false for any other text.</summary>
    public bool TryRead(ReadOnlySpan<char> offset, out long number)
    {
        number = 0;
        if (offset.Length != OffsetLength) return false;
        for (var i = 0; i < EpochLength; i++)
        {
            if (offset[i] != epoch[i]) return false;
        }
        Span<byte> bytes = stackalloc byte[6];
        if (!Base64Url.TryDecodeFromChars(offset[EpochLength..], bytes, out var size) || size != bytes.Length) return false;
        foreach (var part in bytes) number = number << 8 | part;
        return true;
    }

    // Written into a frame before this thread encodes another.
    [ThreadStatic] private static byte[]? buffer;

    private static byte[] OffsetBuffer() => buffer ??= new byte[OffsetLength];

    private void Write(Span<byte> offset, long number)
    {
        epoch.CopyTo(offset);
        WriteNumber(offset[EpochLength..], number);
    }

    private static void WriteNumber(Span<byte> destination, long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        Base64Url.EncodeToUtf8(bytes[2..], destination);
    }
}
