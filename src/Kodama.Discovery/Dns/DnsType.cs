namespace Kodama.Discovery;

/// <summary>Types of records (IANA's DNS Parameters); any number may come from the wire.</summary>
internal enum DnsType : ushort
{
    A = 1,
    Ptr = 12,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Nsec = 47,

    /// <summary>Of a question only: whatever there is.</summary>
    Any = 255,
}
