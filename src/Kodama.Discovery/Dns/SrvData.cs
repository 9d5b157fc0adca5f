namespace Kodama.Discovery;

/// <summary>Where a service is (RFC 2782).</summary>
internal sealed record SrvData(ushort Priority, ushort Weight, ushort Port, DnsName Target) : DnsData(DnsType.Srv)
{
    public override string ToString() => $"{Priority} {Weight} {Port} {Target}";

    internal override void Write(DnsWriter writer)
    {
        writer.WriteUInt16(Priority);
        writer.WriteUInt16(Weight);
        writer.WriteUInt16(Port);
        writer.WriteName(Target, compress: writer.CompressesServices);
    }
}
