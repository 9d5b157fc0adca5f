namespace Kodama.Discovery;

/// <summary>
/// What types of records there are of a name, and so which there are not (RFC 6762 section 6.1). Types are a bitmap in blocks of 256 (RFC
/// 4034 section 4.1.2); mDNS has use for the first block only, so others are read over.
/// </summary>
internal sealed record NsecData : DnsData
{
    private const int MaxBitmap = 32;

    public NsecData(DnsName next, params IEnumerable<DnsType> types) : base(DnsType.Nsec) =>
        (Next, Types) = (next, [.. types.Where(t => (ushort)t < MaxBitmap * 8).Distinct().Order()]);

    public DnsName Next { get; }

    /// <summary>In ascending order, up to 255.</summary>
    public IReadOnlyList<DnsType> Types { get; }

    /// <summary>The bitmap behind the name; false if a block is not all there, or of no legal size.</summary>
    public static bool TryRead(DnsName next, ReadOnlySpan<byte> blocks, out NsecData? data)
    {
        data = null;
        var types = new List<DnsType>();
        while (!blocks.IsEmpty)
        {
            if (blocks.Length < 2 || blocks[1] is 0 or > MaxBitmap || blocks.Length < 2 + blocks[1]) return false;
            var bitmap = blocks.Slice(2, blocks[1]);
            for (var bit = 0; blocks[0] == 0 && bit < bitmap.Length * 8; bit++)
            {
                if ((bitmap[bit / 8] & (0x80 >> (bit % 8))) != 0) types.Add((DnsType)bit);
            }
            blocks = blocks[(2 + blocks[1])..];
        }
        data = new NsecData(next, types);
        return true;
    }

    public bool Equals(NsecData? other) => other is not null && Next.Equals(other.Next) && Types.SequenceEqual(other.Types);

    public override int GetHashCode() => HashCode.Combine(Next, Types.Count);

    public override string ToString() => $"{Next} {string.Join(' ', Types)}";

    internal override void Write(DnsWriter writer)
    {
        writer.WriteName(Next);
        if (Types.Count == 0) return;
        Span<byte> block = stackalloc byte[2 + MaxBitmap];
        block.Clear();
        foreach (var type in Types) block[2 + (ushort)type / 8] |= (byte)(0x80 >> ((ushort)type % 8));
        block[1] = (byte)((ushort)Types[^1] / 8 + 1);
        writer.WriteBytes(block[..(2 + block[1])]);
    }
}
