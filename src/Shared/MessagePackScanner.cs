using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Kodama;

/// <summary>What a value of MessagePack is.</summary>
internal enum MessagePackKind : byte
{
    Nil,
    Flag,
    Integer,
    Unsigned,
    Float,
    Text,
    Bytes,
    Array,
    Map,
    Undefined,
    Date,
    Extension,
}

/// <summary>A value; of arrays and maps the head.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MessagePackValue
{
    public MessagePackKind Kind { get; init; }

    /// <summary>An integer, the bits of a double, 1 for true, a date in milliseconds, the type of an extension.</summary>
    public long Number { get; init; }

    public int Start { get; init; }

    /// <summary>Bytes; of an array elements, of a map pairs.</summary>
    public int Length { get; init; }

    /// <summary>Values that follow the head.</summary>
    public long Inside => Kind == MessagePackKind.Array ? Length : Kind == MessagePackKind.Map ? 2L * Length : 0;

    public bool IsNone => Kind is MessagePackKind.Nil or MessagePackKind.Undefined;
}

/// <summary>
/// Reads MessagePack value by value, of arrays and maps the heads; allocates nothing. What claims to be longer than the bytes that are left
/// is refused before anything is made of it.
/// <code>
/// value = nil | bool | int | uint | float | str | bin | array | map | ext           https://github.com/msgpack/msgpack/blob/master/spec.md
/// ext   = fixext 1, type 0 (undefined) | fixext 8, type 0 (Date) | ext 8 to 32, type 0 (ArrayBuffer) | others       notepack.io 2.2
/// </code>
/// </summary>
internal ref struct MessagePackScanner(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> span = bytes;

    /// <summary>Where the next value begins.</summary>
    public int At { get; set; }

    /// <summary>Whether all is read.</summary>
    public readonly bool IsAtEnd => At == span.Length;

    /// <summary>Reads a value; false, where there is none that is whole.</summary>
    public bool TryRead(out MessagePackValue value)
    {
        value = default;
        if (At == span.Length) return false;
        var type = span[At++];
        switch (type)
        {
            case < 0x80:
                return Number(MessagePackKind.Integer, type, out value);
            case < 0x90:
                return TryTakeMany(MessagePackKind.Map, type & 0xF, out value);
            case < 0xA0:
                return TryTakeMany(MessagePackKind.Array, type & 0xF, out value);
            case < 0xC0:
                return TryTake(MessagePackKind.Text, type & 0x1F, out value);
            case >= 0xE0:
                return Number(MessagePackKind.Integer, (sbyte)type, out value);
            case 0xC0:
                return true;
            case 0xC2 or 0xC3:
                return Number(MessagePackKind.Flag, type - 0xC2, out value);
            case <= 0xC1:
                return false;
            case <= 0xC6:
                return TryTakeNumber(1 << (type - 0xC4), out var length) && TryTake(MessagePackKind.Bytes, length, out value);
            case <= 0xC9:
                return TryTakeNumber(1 << (type - 0xC7), out length) && TryTakeExtension(length, isFixed: false, out value);
            case 0xCA:
                return TryTakeNumber(4, out var bits)
                    && Number(MessagePackKind.Float, BitConverter.DoubleToInt64Bits(BitConverter.Int32BitsToSingle((int)bits)), out value);
            case 0xCB:
                return TryTakeNumber(8, out bits) && Number(MessagePackKind.Float, bits, out value);
            case <= 0xCF:
                return TryTakeNumber(1 << (type - 0xCC), out bits)
                    && Number(bits < 0 ? MessagePackKind.Unsigned : MessagePackKind.Integer, bits, out value);
            case <= 0xD3:
                if (!TryTakeNumber(1 << (type - 0xD0), out bits)) return false;
                bits = type switch { 0xD0 => (sbyte)bits, 0xD1 => (short)bits, 0xD2 => (int)bits, _ => bits };
                return Number(MessagePackKind.Integer, bits, out value);
            case <= 0xD8:
                return TryTakeExtension(1 << (type - 0xD4), isFixed: true, out value);
            case <= 0xDB:
                return TryTakeNumber(1 << (type - 0xD9), out length) && TryTake(MessagePackKind.Text, length, out value);
            default:
                return TryTakeNumber(type is 0xDC or 0xDE ? 2 : 4, out length)
                    && TryTakeMany(type <= 0xDD ? MessagePackKind.Array : MessagePackKind.Map, length, out value);
        }
    }

    /// <summary>What is within an array or a map, however deep.</summary>
    public bool TrySkip(in MessagePackValue value)
    {
        for (var within = value.Inside; within > 0; within--)
        {
            if (!TryRead(out var next)) return false;
            within += next.Inside;
        }
        return true;
    }

    private static bool Number(MessagePackKind kind, long number, out MessagePackValue value)
    {
        value = new() { Kind = kind, Number = number };
        return true;
    }

    private bool TryTakeExtension(long length, bool isFixed, out MessagePackValue value)
    {
        value = default;
        if (!TryTakeNumber(1, out var type) || !TryTake(MessagePackKind.Extension, length, out value)) return false;
        value = (type, length, isFixed) switch
        {
            (0, _, false) => value with { Kind = MessagePackKind.Bytes },
            (0, 1, true) => value with { Kind = MessagePackKind.Undefined },
            (0, 8, true) => value with
            {
                Kind = MessagePackKind.Date,
                Number = BinaryPrimitives.ReadInt64BigEndian(span.Slice(value.Start, value.Length)),
            },
            _ => value with { Number = (sbyte)type },
        };
        return true;
    }

    private bool TryTakeNumber(int size, out long number)
    {
        number = 0;
        if (size > span.Length - At) return false;
        foreach (var part in span.Slice(At, size)) number = number << 8 | part;
        At += size;
        return true;
    }

    private bool TryTake(MessagePackKind kind, long length, out MessagePackValue value)
    {
        value = default;
        if (length > span.Length - At) return false;
        value = new() { Kind = kind, Start = At, Length = (int)length };
        At += (int)length;
        return true;
    }

    // Each of them takes a byte at least.
    private bool TryTakeMany(MessagePackKind kind, long count, out MessagePackValue value)
    {
        value = default;
        if ((kind == MessagePackKind.Map ? count * 2 : count) > span.Length - At) return false;
        value = new() { Kind = kind, Length = (int)count };
        return true;
    }
}
