namespace Kodama.Discovery;

/// <summary>Data that is not understood here. Names in it may point into the packet that it came by, so it is not written into
/// another.</summary>
internal sealed record RawData(DnsType Of, ReadOnlyMemory<byte> Bytes) : DnsData(Of)
{
    public bool Equals(RawData? other) => other is not null && Type == other.Type && Bytes.Span.SequenceEqual(other.Bytes.Span);

    public override int GetHashCode() => HashCode.Combine(Type, Bytes.Length);

    public override string ToString() => Convert.ToHexString(Bytes.Span);

    internal override void Write(DnsWriter writer) => writer.WriteBytes(Bytes.Span);
}
