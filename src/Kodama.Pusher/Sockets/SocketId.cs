using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Kodama.Pusher;

/// <summary>A connection's id as clients know it: digits, a point, digits (docs/specs/pusher.md, C1).</summary>
/// <param name="Secret">Random, so that a signature for one fits no other.</param>
/// <param name="Place">Where it is found.</param>
internal readonly record struct SocketId(ulong Secret, uint Place)
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    public static SocketId New(uint place)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return new SocketId(BinaryPrimitives.ReadUInt64LittleEndian(bytes), place);
    }

    /// <summary>Reads one; false, where the text has not this form. Null, where nobody can have it: it has more digits than the hub
    /// gives.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SocketId? id)
    {
        id = null;
        var point = text.IndexOf('.');
        if (point < 1 || point == text.Length - 1) return false;
        var first = text[..point];
        var second = text[(point + 1)..];
        if (first.ContainsAnyExcept(Digits) || second.ContainsAnyExcept(Digits)) return false;
        if (ulong.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var secret)
            && uint.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
        {
            id = new SocketId(secret, place);
        }
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Secret}.{Place}");
}
