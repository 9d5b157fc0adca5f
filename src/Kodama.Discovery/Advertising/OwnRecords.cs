using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery;

/// <summary>What is said on one link, as the table in docs/specs/discovery.md has it. Immutable.</summary>
internal sealed class OwnRecords
{
    // RFC 6762 section 10: 75 minutes, and 2 minutes for what holds a host's name or address.
    private const uint ServiceTtl = 4500;
    private const uint HostTtl = 120;
    private const int MaxAddresses = 8;

    private static readonly DnsName Types = DnsName.Parse("_services._dns-sd._udp.local");

    private readonly DnsRecord pointer;
    private readonly DnsRecord type;
    private readonly DnsRecord service;
    private readonly DnsRecord text;
    private readonly DnsRecord[] addresses;
    private readonly DnsRecord[] absences;

    public OwnRecords(Registration registration, IEnumerable<IPAddress> told)
    {
        Registration = registration;
        var (instance, host) = (registration.Instance, registration.Host);
        pointer = new(registration.Service, ServiceTtl, new PtrData(instance));
        type = new(Types, ServiceTtl, new PtrData(registration.Service));
        service = new(instance, HostTtl, new SrvData(0, 0, registration.Port, host), CacheFlush: true);
        text = new(instance, ServiceTtl, registration.Text, CacheFlush: true);
        var few = told.GroupBy(a => a.AddressFamily).SelectMany(g => g.Take(MaxAddresses));
        addresses = [.. few.Select(a => new DnsRecord(host, HostTtl, new AddressData(a), CacheFlush: true)).Distinct()];
        absences =
        [
            new(instance, ServiceTtl, new NsecData(instance, DnsType.Txt, DnsType.Srv), CacheFlush: true),
            new(host, HostTtl, new NsecData(host, addresses.Select(a => a.Type)), CacheFlush: true),
        ];
        Unique = [service, text, .. addresses];
        All = [pointer, type, .. Unique];
    }

    public Registration Registration { get; }

    /// <summary>Those that nobody else may have of their name and type.</summary>
    public IReadOnlyList<DnsRecord> Unique { get; }

    public IReadOnlyList<DnsRecord> All { get; }

    /// <summary>What takes back all that is ours alone. The type may be others' too (RFC 6763 section 9).</summary>
    public IEnumerable<DnsRecord> Goodbye => All.Where(r => r != type).Select(r => r with { Ttl = 0 });

    /// <summary>What takes back a name that is another's from now on: without what his records share with ours, and without flushing
    /// his.</summary>
    public IEnumerable<DnsRecord> GivenUp => Unique.Where(r => r != text).Select(r => r with { Ttl = 0, CacheFlush = false });

    /// <summary>Records that answer a question; NSEC where the name is ours and there is none of the type (RFC 6762 section 6.1).</summary>
    public IEnumerable<DnsRecord> Answer(DnsQuestion question)
    {
        var answers = All.Where(question.Asks).ToList();
        var isOfOurs = question.Class is DnsClass.Internet or DnsClass.Any;
        return answers.Count > 0 || !isOfOurs ? answers : absences.Where(a => a.Name.Equals(question.Name));
    }

    /// <summary>What the asker will ask next: SRV, TXT and addresses for a PTR, addresses for an SRV, the other addresses for one (RFC 6763
    /// section 12).</summary>
    public IEnumerable<DnsRecord> Additional(IReadOnlyCollection<DnsRecord> answers)
    {
        var more = new List<DnsRecord>();
        if (answers.Contains(pointer)) more.AddRange([service, text, .. addresses, .. absences]);
        if (answers.Contains(service)) more.AddRange([.. addresses, .. absences]);
        if (answers.Any(addresses.Contains)) more.AddRange([.. addresses, absences[1]]);
        return more.Distinct().Where(r => !answers.Contains(r));
    }

    public IEnumerable<DnsRecord> InOrder(IEnumerable<DnsRecord> ours) => All.Concat(absences).Intersect(ours);

    /// <summary>Ours that says the same, or null.</summary>
    public DnsRecord? Find(DnsRecord record) => All.Concat(absences).FirstOrDefault(r => r.IsSame(record));

    public static IEnumerable<IPAddress> AddressesOf(LocalInterface local, IReadOnlyCollection<IPAddress> only) =>
        local.Addresses.Select(a => a.Address)
            .Where(a => a.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
            .Where(a => only.Count == 0 || only.Any(o => StandsFor(o, a)));

    // A server's wildcard: 0.0.0.0 listens on all of IPv4, [::] on all of both.
    private static bool StandsFor(IPAddress told, IPAddress own) =>
        told.Equals(IPAddress.IPv6Any)
        || (told.Equals(IPAddress.Any)
            ? own.AddressFamily == AddressFamily.InterNetwork
            : new AddressData(told).Equals(new AddressData(own)));
}
