using System.Text.Unicode;

namespace Kodama.WebSockets;

/// <summary>
/// Checks a text that arrives in pieces, each piece at once (RFC 6455 section 8.1). Between pieces it remembers what RFC 3629
/// section 4 still allows: how many continuation bytes, and the range of the next.
/// </summary>
internal struct Utf8Validator
{
    private byte remaining;
    private byte low;
    private byte high;

    /// <summary>Whether the pieces so far end at a character's boundary.</summary>
    public readonly bool IsComplete => remaining == 0;

    /// <summary>Takes the next piece. False when it cannot go on to be UTF-8, whatever follows; the validator is then spent.</summary>
    public bool Append(ReadOnlySpan<byte> piece)
    {
        while (remaining > 0 && !piece.IsEmpty)
        {
            if (!Step(piece[0]))
                return false;
            piece = piece[1..];
        }

        int cut = piece.Length - CutCharacterLength(piece);
        if (!Utf8.IsValid(piece[..cut]))
            return false;
        foreach (byte b in piece[cut..])
        {
            if (!Step(b))
                return false;
        }
        return true;
    }

    /// <summary>How many bytes at the end of the piece begin a character that does not end in it.</summary>
    private static int CutCharacterLength(ReadOnlySpan<byte> piece)
    {
        for (int length = 1; length <= Math.Min(3, piece.Length); length++)
        {
            byte b = piece[^length];
            if (b >= 0xC0)
                return length < (b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2) ? length : 0;
            if (b < 0x80)
                break;
        }
        return 0;
    }

    private bool Step(byte b)
    {
        if (remaining > 0)
        {
            bool allowed = b >= low && b <= high;
            (remaining, low, high) = ((byte)(remaining - 1), 0x80, 0xBF);
            return allowed;
        }

        (remaining, low, high) = b switch
        {
            < 0x80 => ((byte)0, (byte)0, (byte)0),
            >= 0xC2 and <= 0xDF => ((byte)1, (byte)0x80, (byte)0xBF),
            0xE0 => ((byte)2, (byte)0xA0, (byte)0xBF),
            0xED => ((byte)2, (byte)0x80, (byte)0x9F),
            >= 0xE1 and <= 0xEF => ((byte)2, (byte)0x80, (byte)0xBF),
            0xF0 => ((byte)3, (byte)0x90, (byte)0xBF),
            >= 0xF1 and <= 0xF3 => ((byte)3, (byte)0x80, (byte)0xBF),
            0xF4 => ((byte)3, (byte)0x80, (byte)0x8F),
            _ => ((byte)0, (byte)1, (byte)0),
        };
        return low <= high;
    }
}
