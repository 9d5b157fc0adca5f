namespace Kodama.Discovery;

/// <summary>What a set of records is of: those that one link tells of a name. A class, as each struct that a dictionary is keyed by is
/// code of its own in the native binary.</summary>
internal sealed record RecordKey(int Link, DnsName Name, DnsType Type);
