namespace Kodama.WebSockets;

/// <summary>A symbol and the length of its code in bits, packed; 0 for none, as every code has a length.</summary>
internal readonly struct HuffmanCode(int packed)
{
    public const int LengthBits = 4;

    public bool IsNone => packed == 0;

    public int Symbol => packed >> LengthBits;

    public int Length => packed & ((1 << LengthBits) - 1);
}
