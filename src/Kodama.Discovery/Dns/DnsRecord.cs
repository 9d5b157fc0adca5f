namespace Kodama.Discovery;

/// <param name="Name">What it is about.</param>
/// <param name="Ttl">How long it holds, in seconds; 0 says that it no longer does (RFC 6762 section 10.1).</param>
/// <param name="Data">What it says.</param>
/// <param name="CacheFlush">Whether it replaces all older ones of its name and type (RFC 6762 section 10.2).</param>
/// <param name="Class">Internet; others are kept as raw data.</param>
internal sealed record DnsRecord(DnsName Name, uint Ttl, DnsData Data, bool CacheFlush = false, DnsClass Class = DnsClass.Internet)
{
    public DnsType Type => Data.Type;

    /// <summary>Whether both say the same of the same, for however long.</summary>
    public bool IsSame(DnsRecord other) => Class == other.Class && Data.Equals(other.Data) && Name.Equals(other.Name);

    public override string ToString() => $"{Name} {Ttl} {Type} {Data}";
}
