namespace Kodama.Discovery;

/// <summary>The data of a record. Two are equal if they say the same: names in them ignore case, bytes do not.</summary>
internal abstract record DnsData(DnsType Type)
{
    /// <summary>The data as it stands in a packet, names written out in full: what simultaneous probes are compared by (RFC 6762 section
    /// 8.2).</summary>
    public byte[] ToBytes()
    {
        var writer = new DnsWriter(DnsWriter.MaxPacketSize) { CompressesNames = false };
        Write(writer);
        return writer.Written.ToArray();
    }

    internal abstract void Write(DnsWriter writer);
}
