namespace Kodama.Discovery;

/// <summary>
/// Who of two that probe for a name at once goes on: the one whose records come later, compared in their order by class, type and data,
/// names in the data written out (RFC 6762 section 8.2).
/// </summary>
internal static class ProbeComparison
{
    /// <summary>Below 0 if ours come earlier, and so lose; 0 if they are the same.</summary>
    public static int Compare(IEnumerable<DnsRecord> ours, IEnumerable<DnsRecord> theirs)
    {
        var (left, right) = (Sorted(ours), Sorted(theirs));
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            if (Compare(left[i], right[i]) is not 0 and var order) return order;
        }
        return left.Count.CompareTo(right.Count);
    }

    private static List<(DnsRecord Record, byte[] Data)> Sorted(IEnumerable<DnsRecord> records)
    {
        var sorted = records.Select(r => (r, r.Data.ToBytes())).ToList();
        sorted.Sort(Compare);
        return sorted;
    }

    private static int Compare((DnsRecord Record, byte[] Data) left, (DnsRecord Record, byte[] Data) right)
    {
        if (left.Record.Class != right.Record.Class) return left.Record.Class.CompareTo(right.Record.Class);
        if (left.Record.Type != right.Record.Type) return left.Record.Type.CompareTo(right.Record.Type);
        return left.Data.AsSpan().SequenceCompareTo(right.Data);
    }
}
