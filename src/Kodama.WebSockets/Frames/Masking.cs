using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Kodama.WebSockets;

/// <summary>The masking of a client's payload (RFC 6455 section 5.3): XOR with a key of four bytes, over and over.</summary>
public static class Masking
{
    /// <summary>
    /// Masks, or unmasks, <paramref name="data"/> in place and returns the key turned to the byte after it, with which the next piece of
    /// the same payload goes on.
    /// </summary>
    /// <param name="data">Any part of a payload, of any length and alignment.</param>
    /// <param name="mask">The key, its first byte on the wire being the lowest; for a later piece, what the call before returned.</param>
    public static uint Apply(Span<byte> data, uint mask)
    {
        int length = data.Length;
        // The words below are read in the machine's order, the key in the wire's.
        uint key = BitConverter.IsLittleEndian ? mask : BinaryPrimitives.ReverseEndianness(mask);

        if (length >= Vector<byte>.Count)
        {
            Span<Vector<uint>> vectors = MemoryMarshal.Cast<byte, Vector<uint>>(data);
            var keys = new Vector<uint>(key);
            for (int i = 0; i < vectors.Length; i++)
                vectors[i] ^= keys;
            data = data[(vectors.Length * Vector<byte>.Count)..];
        }

        Span<uint> words = MemoryMarshal.Cast<byte, uint>(data);
        for (int i = 0; i < words.Length; i++)
            words[i] ^= key;

        data = data[(words.Length * sizeof(uint))..];
        for (int i = 0; i < data.Length; i++)
            data[i] ^= (byte)(mask >> (8 * i));

        return BitOperations.RotateRight(mask, 8 * (length & 3));
    }
}
