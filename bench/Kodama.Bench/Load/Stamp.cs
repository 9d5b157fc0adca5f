using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;

namespace Kodama.Bench.Load;

/// <summary>What every message begins with: '~', then in hexadecimal when it was sent (16 digits), its number (8) and its publisher
/// (4).</summary>
internal readonly record struct Stamp(long SentAt, uint Sequence, ushort Publisher)
{
    public const int Length = 1 + (2 * Bytes);
    public const int MaxPublishers = ushort.MaxValue + 1;

    /// <summary>The sequence number of a message that only asks whether the subscribers are there yet.</summary>
    public const uint Probe = uint.MaxValue;

    private const byte Mark = (byte)'~';
    private const int Bytes = 8 + 4 + 2;

    public static long Now => Stopwatch.GetTimestamp();

    public void Write(Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, SentAt);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], Sequence);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[12..], Publisher);
        destination[0] = Mark;
        Convert.TryToHexStringLower(bytes, destination[1..], out _);
    }

    /// <summary>Finds the stamp in a message that a protocol may have wrapped something around, and what follows it.</summary>
    public static bool TryFind(ReadOnlySpan<byte> message, out Stamp stamp, out ReadOnlySpan<byte> rest)
    {
        var at = message.IndexOf(Mark);
        Span<byte> bytes = stackalloc byte[Bytes];
        if (at < 0 || message.Length - at < Length
            || Convert.FromHexString(message.Slice(at + 1, 2 * Bytes), bytes, out _, out _) != OperationStatus.Done)
        {
            stamp = default;
            rest = default;
            return false;
        }

        rest = message[(at + Length)..];
        stamp = new Stamp(
            BinaryPrimitives.ReadInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]));
        return true;
    }
}
