using System.Buffers.Binary;

namespace Kodama;

/// <summary>Writes the heads of values of MessagePack, each in its shortest form: what stands before texts and bytes, and whole
/// numbers. Answers how many bytes they are, at most <see cref="MaxSize"/>.</summary>
internal static class MessagePackHead
{
    /// <summary>Most bytes of a head.</summary>
    public const int MaxSize = 9;

    public static int Integer(Span<byte> head, long value)
    {
        if (value is >= -32 and < 128)
        {
            head[0] = (byte)value;
            return 1;
        }
        if (value >= 0) return Sized(head, 0xCC, value);
        if (value >= sbyte.MinValue) return Big(head, 0xD0, 1, value);
        if (value >= short.MinValue) return Big(head, 0xD1, 2, value);
        return value >= int.MinValue ? Big(head, 0xD2, 4, value) : Big(head, 0xD3, 8, value);
    }

    /// <summary>A number of eight bytes, whatever it is.</summary>
    public static int Unsigned(Span<byte> head, ulong value) => Big(head, 0xCF, 8, (long)value);

    public static int Float(Span<byte> head, double value) => Big(head, 0xCB, 8, BitConverter.DoubleToInt64Bits(value));

    public static int Text(Span<byte> head, int length)
    {
        if (length >= 32) return Sized(head, 0xD9, length);
        head[0] = (byte)(0xA0 | length);
        return 1;
    }

    public static int Bytes(Span<byte> head, int length) => Sized(head, 0xC4, length);

    /// <summary>What comes in the stead of the one byte that was left for the head of an array or map: its first byte, and how many must
    /// be put behind it, which are the low ones of the count.</summary>
    /// <param name="count">Elements, or pairs.</param>
    /// <param name="few">The head of less than 16.</param>
    /// <param name="many">The head of more.</param>
    public static (byte First, int More) Many(int count, int few, int many) => count switch
    {
        < 16 => ((byte)(few | count), 0),
        <= ushort.MaxValue => ((byte)many, 2),
        _ => ((byte)(many + 1), 4),
    };

    // A number of 1, 2, 4 or 8 bytes behind its type, of which there is one for each.
    private static int Sized(Span<byte> head, int type, long value) => value switch
    {
        <= byte.MaxValue => Big(head, type, 1, value),
        <= ushort.MaxValue => Big(head, type + 1, 2, value),
        <= uint.MaxValue => Big(head, type + 2, 4, value),
        _ => Big(head, type + 3, 8, value),
    };

    private static int Big(Span<byte> head, int type, int size, long value)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, value);
        head[0] = (byte)type;
        number[^size..].CopyTo(head[1..]);
        return 1 + size;
    }
}
