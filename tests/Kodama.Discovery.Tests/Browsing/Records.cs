using System.Net;

namespace Kodama.Discovery.Tests;

/// <summary>The records of a hub as its responder would send them.</summary>
internal static class Records
{
    public static readonly DnsName Service = DnsName.Parse("_kodama._tcp.local");

    public static DnsName Instance(string name = "Lounge") => Service.Prepend(name);

    public static DnsName Host(string name = "Lounge") => DnsName.Parse($"kodama-{name.Replace(" ", "", StringComparison.Ordinal)}.local");

    public static DnsRecord Ptr(string name = "Lounge", uint ttl = 4500) => new(Service, ttl, new PtrData(Instance(name)));

    public static DnsRecord Srv(string name = "Lounge", uint ttl = 120, ushort port = 8080) =>
        new(Instance(name), ttl, new SrvData(0, 0, port, Host(name)), CacheFlush: true);

    public static DnsRecord Txt(
        string name = "Lounge", uint ttl = 4500, string id = "0a1b", string? fingerprint = null, params (string, string)[] details) =>
        new(
            Instance(name), ttl,
            TxtData.Of(HubText.Encode(id, "/ws", fingerprint, details.ToDictionary(d => d.Item1, d => d.Item2))),
            CacheFlush: true);

    public static DnsRecord Address(string address = "192.168.1.20", string name = "Lounge", uint ttl = 120) =>
        new(Host(name), ttl, new AddressData(IPAddress.Parse(address)), CacheFlush: true);

    public static Origin From(string source = "192.168.1.20", bool toOwnPort = false) =>
        new(IPAddress.Parse(source), IsOwnMachine: false, toOwnPort);

    public static DnsMessage Response(params DnsRecord[] answers) =>
        new() { Flags = DnsFlags.Response | DnsFlags.Authoritative, Answers = answers };

    /// <summary>PTR, and the rest as additional records.</summary>
    public static DnsMessage Hub(string name = "Lounge", string id = "0a1b", string address = "192.168.1.20", ushort port = 8080) => new()
    {
        Flags = DnsFlags.Response | DnsFlags.Authoritative,
        Answers = [Ptr(name)],
        Additionals = [Address(address, name), Txt(name, id: id), Srv(name, port: port)],
    };

    /// <summary>The same with a TTL, for goodbyes (0) and answers to plain DNS (10).</summary>
    public static DnsMessage WithTtl(this DnsMessage message, uint ttl) => message with
    {
        Answers = [.. message.Answers.Select(r => r with { Ttl = ttl })],
        Additionals = [.. message.Additionals.Select(r => r with { Ttl = ttl })],
    };
}
