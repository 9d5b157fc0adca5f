using System.Net;

namespace Kodama.Discovery;

/// <summary>Whether there is room for an instance that one sender tells of, for the length of one message: nobody fills the cache
/// alone.</summary>
internal sealed class InstanceRoom(RecordCache cache, DnsName service, int link, IPAddress source)
{
    public const int MaxInstances = 1024;
    public const int MaxPerSource = 64;

    private int? left;
    private Queue<DnsName>? leaving;

    /// <summary>Makes room for one that is new. One that nothing is known of goes first, then the one that was not heard of for
    /// longest.</summary>
    public bool TryMake()
    {
        var pointers = cache.Find(link, service, DnsType.Ptr);
        left ??= MaxPerSource - pointers.Count(p => p.Source.Equals(source));
        if (left <= 0) return false;
        left--;
        if (pointers.Count < MaxInstances) return true;
        leaving ??= new(pointers
            .Select(p => (p.HeardAt, Name: ((PtrData)p.Record.Data).Target))
            .OrderBy(p => IsResolved(p.Name)).ThenBy(p => p.HeardAt).Select(p => p.Name));
        if (!leaving.TryDequeue(out var instance)) return false;
        cache.Remove(link, service, DnsType.Ptr, new PtrData(instance));
        cache.Remove(link, instance, DnsType.Srv);
        cache.Remove(link, instance, DnsType.Txt);
        return true;
    }

    private bool IsResolved(DnsName instance) =>
        cache.Find(link, instance, DnsType.Srv).Count > 0 && cache.Find(link, instance, DnsType.Txt).Count > 0;
}
