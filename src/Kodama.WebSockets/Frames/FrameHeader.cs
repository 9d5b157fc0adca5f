using System.Buffers.Binary;

namespace Kodama.WebSockets;

/// <summary>
/// The head of a frame (RFC 6455 section 5.2), and every check of it that needs no memory of earlier frames.
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-------+-+-------------+-------------------------------+
/// |F|R|R|R| opcode|M| payload len |  payload len of 16 or 64 bits |
/// |I|S|S|S|  (4)  |A|     (7)     |  if the 7 bits are 126 or 127 |
/// |N|V|V|V|       |S|             |                               |
/// | |1|2|3|       |K|             |  then the mask of 32 bits     |
/// +-+-+-+-+-------+-+-------------+-------------------------------+
/// </code>
/// </summary>
internal readonly struct FrameHeader
{
    public const byte FinBit = 0x80;
    public const byte Rsv1Bit = 0x40;
    public const byte MaskBit = 0x80;
    public const byte Length16 = 126;
    public const byte Length64 = 127;

    private const byte Rsv23Bits = 0x30;
    private const byte OpcodeBits = 0x0F;
    private const byte ControlBit = 0x08;

    private FrameHeader(byte first, int size, long payloadLength, uint mask)
    {
        Opcode = (Opcode)(first & OpcodeBits);
        Fin = (first & FinBit) != 0;
        Compressed = (first & Rsv1Bit) != 0;
        Size = size;
        PayloadLength = payloadLength;
        Mask = mask;
    }

    public Opcode Opcode { get; }
    public bool Fin { get; }
    public bool Compressed { get; }

    /// <summary>The header's own size in bytes.</summary>
    public int Size { get; }

    public long PayloadLength { get; }

    /// <summary>The key as <see cref="Masking.Apply"/> takes it; 0 where frames are not masked.</summary>
    public uint Mask { get; }

    /// <summary>
    /// Reads a header from the start of <paramref name="input"/>. False while it is not all there and what is there is right;
    /// false with an <paramref name="error"/> as soon as a byte is wrong.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> input, WebSocketRole reader, bool deflate, out FrameHeader header, out string? error)
    {
        header = default;
        error = null;
        if (input.IsEmpty)
            return false;

        byte first = input[0];
        // The one test that the frames of a sound peer pay for; what exactly is wrong is found afterwards.
        if ((first & (Rsv1Bit | Rsv23Bits | ControlBit)) != 0 || (first & OpcodeBits) > (byte)Opcode.Binary)
        {
            error = CheckFirst(first, deflate);
            if (error is not null)
                return false;
        }

        if (input.Length < 2)
            return false;

        byte second = input[1];
        bool masked = (second & MaskBit) != 0;
        int length7 = second & ~MaskBit;
        if (masked != (reader == WebSocketRole.Server))
        {
            error = masked ? "A server must not mask its frames." : "A client must mask its frames.";
            return false;
        }
        if ((first & ControlBit) != 0 && length7 > FrameWriter.MaxControlPayload)
        {
            error = "A control frame holds at most 125 bytes.";
            return false;
        }

        int size = 2;
        long length = length7;
        if (length7 == Length16)
        {
            size += sizeof(ushort);
            if (input.Length < size)
                return false;
            length = BinaryPrimitives.ReadUInt16BigEndian(input[2..]);
            error = length < Length16 ? NotMinimal(length) : null;
        }
        else if (length7 == Length64)
        {
            size += sizeof(ulong);
            if (input.Length < size)
                return false;
            length = BinaryPrimitives.ReadInt64BigEndian(input[2..]);
            error = length < 0 ? "A length of 64 bits has its highest bit clear." : length <= ushort.MaxValue ? NotMinimal(length) : null;
        }
        if (error is not null)
            return false;

        uint mask = 0;
        if (masked)
        {
            size += sizeof(uint);
            if (input.Length < size)
                return false;
            mask = BinaryPrimitives.ReadUInt32LittleEndian(input[(size - sizeof(uint))..]);
        }

        header = new FrameHeader(first, size, length, mask);
        return true;
    }

    private static string? CheckFirst(byte first, bool deflate)
    {
        var opcode = (Opcode)(first & OpcodeBits);
        bool control = (first & ControlBit) != 0;
        if ((first & Rsv23Bits) != 0)
            return $"RSV2 and RSV3 must be clear, the first byte is 0x{first:X2}.";
        if (opcode is (> Opcode.Binary and < Opcode.Close) or > Opcode.Pong)
            return $"Opcode 0x{(byte)opcode:X} is reserved.";
        if ((first & Rsv1Bit) != 0 && (!deflate || control || opcode == Opcode.Continuation))
            return deflate ? "RSV1 may be set on the first frame of a data message only." : "RSV1 is set without an extension.";
        if (control && (first & FinBit) == 0)
            return "A control frame must not be fragmented.";
        return null;
    }

    private static string NotMinimal(long length) => $"The length {length} is not in its shortest form.";
}
