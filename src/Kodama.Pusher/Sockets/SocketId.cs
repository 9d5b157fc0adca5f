using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Kodama.Pusher;

/// <summary>A connection's id as clients know it: digits, a point, digits (docs/specs/pusher.md, C1). Random, so that a signature for one
/// fits no other.</summary>
internal readonly record struct SocketId(ulong Value)
{
    private static readonly SearchValues<char> Characters = SearchValues.Create("0123456789.");

    public static SocketId New()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return new SocketId(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
    }

    /// <summary>Reads one; false, where the text has not this form.</summary>
    public static bool TryParse(string text, out SocketId id)
    {
        id = default;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 1 || point == text.Length - 1 || text.AsSpan().ContainsAnyExcept(Characters)) return false;
        if (text.AsSpan(point + 1).Contains('.')) return false;
        // More digits than the hub gives are an id that nobody has.
        if (uint.TryParse(text.AsSpan(0, point), NumberStyles.None, CultureInfo.InvariantCulture, out var high)
            && uint.TryParse(text.AsSpan(point + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var low))
        {
            id = new SocketId(((ulong)high << 32) | low);
        }
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value >> 32}.{(uint)Value}");
}
