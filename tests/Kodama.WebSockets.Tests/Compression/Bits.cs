namespace Kodama.WebSockets.Tests;

/// <summary>DEFLATE by hand: zeros and ones in the order of the stream.</summary>
internal static class Bits
{
    /// <summary>
    /// Begins a block with codes of its own, for 257 literals and 1 distance, whose lengths are written so: 18 is "0", 1 is "10", 2 is
    /// "11".
    /// </summary>
    public const string OwnCodes = "0 01 00000 00000 0111 000 000 100 000 000 000 000 000 000 000 000 000 000 000 000 010 000 010";

    /// <summary>Their bytes, the lowest bit of each first.</summary>
    public static byte[] Of(string bits)
    {
        string digits = bits.Replace(" ", "", StringComparison.Ordinal);
        byte[] bytes = new byte[(digits.Length + 7) / 8];
        for (int i = 0; i < digits.Length; i++)
            bytes[i / 8] |= (byte)((digits[i] - '0') << (i % 8));
        return bytes;
    }
}
