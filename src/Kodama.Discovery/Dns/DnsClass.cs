namespace Kodama.Discovery;

/// <summary>Classes, without the highest bit, which means something else in mDNS (RFC 6762 sections 5.4 and 10.2).</summary>
internal enum DnsClass : ushort
{
    Internet = 1,

    /// <summary>Of a question only.</summary>
    Any = 255,
}
