namespace Kodama.Discovery;

/// <param name="Name">What is asked about.</param>
/// <param name="Type">Which records; <see cref="DnsType.Any"/> for all.</param>
/// <param name="UnicastResponse">Whether the answer may come to the asker alone (RFC 6762 section 5.4).</param>
/// <param name="Class">Internet, or any.</param>
internal sealed record DnsQuestion(DnsName Name, DnsType Type, bool UnicastResponse = false, DnsClass Class = DnsClass.Internet)
{
    /// <summary>Whether a record is one of those that are asked for.</summary>
    public bool Asks(DnsRecord record) =>
        (Type == DnsType.Any || Type == record.Type) && (Class == DnsClass.Any || Class == record.Class) && Name.Equals(record.Name);
}
