namespace Kodama.Discovery;

/// <summary>The parts of a message in their order, as the header counts them (RFC 1035 section 4.1).</summary>
internal enum DnsSection
{
    Question,
    Answer,
    Authority,
    Additional,
}
