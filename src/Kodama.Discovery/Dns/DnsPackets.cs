namespace Kodama.Discovery;

/// <summary>Messages as packets.</summary>
internal static class DnsPackets
{
    /// <summary>
    /// A multicast message in as many packets as it takes. The known answers of a question go on in further packets, and all but the last
    /// say so (RFC 6762 section 7.2); authorities follow the questions that they belong to; additional records that do not fit are left
    /// out.
    /// </summary>
    public static IReadOnlyList<byte[]> Split(DnsMessage message)
    {
        var packets = new List<byte[]>();
        var writer = DnsWriter.Message();
        foreach (var question in message.Questions)
        {
            if (writer.TryWrite(question)) continue;
            Next(DnsFlags.None);
            writer.TryWrite(question);
        }
        foreach (var answer in message.Answers)
        {
            if (writer.TryWrite(DnsSection.Answer, answer)) continue;
            if (!writer.IsEmpty) Next(message.IsResponse ? DnsFlags.None : DnsFlags.Truncated);
            if (writer.TryWrite(DnsSection.Answer, answer)) continue;
            // One record that is larger than a packet goes alone, in fragments of IP (section 17).
            writer = DnsWriter.Message(DnsWriter.MaxPacketSize);
            if (writer.TryWrite(DnsSection.Answer, answer)) Next(DnsFlags.None);
            else writer = DnsWriter.Message();
        }
        foreach (var authority in message.Authorities) writer.TryWrite(DnsSection.Authority, authority);
        foreach (var additional in message.Additionals) writer.TryWrite(DnsSection.Additional, additional);
        if (!writer.IsEmpty) Next(DnsFlags.None);
        return packets;

        void Next(DnsFlags flags)
        {
            packets.Add(writer.Finish(message.Flags | flags, message.Id));
            writer = DnsWriter.Message();
        }
    }

    /// <summary>An answer to a plain DNS question: one packet, marked as truncated if answers are missing from it (RFC 6762 section
    /// 6.7).</summary>
    public static byte[] Legacy(DnsMessage message)
    {
        var writer = DnsWriter.Message(compressesServices: false);
        var complete = message.Questions.All(writer.TryWrite) && message.Answers.All(a => writer.TryWrite(DnsSection.Answer, a));
        if (complete)
        {
            foreach (var additional in message.Additionals) writer.TryWrite(DnsSection.Additional, additional);
        }
        return writer.Finish(message.Flags | (complete ? DnsFlags.None : DnsFlags.Truncated), message.Id);
    }
}
