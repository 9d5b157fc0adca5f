namespace Kodama.Discovery;

/// <summary>A name that stands behind another: an instance of a service type (RFC 6763 section 4.1).</summary>
internal sealed record PtrData(DnsName Target) : DnsData(DnsType.Ptr)
{
    public override string ToString() => Target.ToString();

    internal override void Write(DnsWriter writer) => writer.WriteName(Target);
}
