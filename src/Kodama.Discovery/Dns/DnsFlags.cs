namespace Kodama.Discovery;

/// <summary>The second word of the header (RFC 1035 section 4.1.1, RFC 6762 section 18).</summary>
[Flags]
internal enum DnsFlags : ushort
{
    None = 0,
    Response = 0x8000,
    Opcode = 0x7800,
    Authoritative = 0x0400,
    Truncated = 0x0200,
    ResponseCode = 0x000F,
}
