using System.Buffers.Binary;

namespace Kodama.Discovery;

/// <summary>
/// Writes a message of bounded size, section after section; what no longer fits is left out whole. Names point to what of them was written
/// before (RFC 1035 section 4.1.4), in data too (RFC 6762 section 18.14).
/// </summary>
internal sealed class DnsWriter
{
    /// <summary>An Ethernet packet of 1,500 bytes without the headers of IPv6 (40) and UDP (8): what is sent.</summary>
    public const int PacketSize = 1452;

    /// <summary>RFC 6762 section 17, headers included: what one record alone may take, and what is read.</summary>
    public const int MaxPacketSize = 9000 - 40 - 8;

    private const int HeaderSize = 12;
    private const ushort HighestBit = 0x8000;
    private const int MaxPointer = 0x3FFF;

    private readonly byte[] buffer;
    private readonly List<(byte[] Name, int Offset)> names = [];
    private readonly ushort[] counts = new ushort[4];
    private int position;
    private bool overflown;

    public DnsWriter(int limit) => buffer = new byte[limit];

    public bool CompressesNames { get; init; } = true;

    /// <summary>Not in answers to plain DNS questions: their askers need not understand it (RFC 6762 section 18.14).</summary>
    public bool CompressesServices { get; init; } = true;

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, position);

    /// <summary>Begins a message; the header is written at its end.</summary>
    public static DnsWriter Message(int limit = PacketSize, bool compressesServices = true) =>
        new(limit) { position = HeaderSize, CompressesServices = compressesServices };

    public bool IsEmpty => counts.All(c => c == 0);

    /// <summary>False if the question does not fit.</summary>
    public bool TryWrite(DnsQuestion question)
    {
        var (start, named) = (position, names.Count);
        WriteName(question.Name);
        WriteUInt16((ushort)question.Type);
        WriteUInt16((ushort)((ushort)question.Class | (question.UnicastResponse ? HighestBit : 0)));
        return Counted(DnsSection.Question, start, named);
    }

    /// <summary>False if the record does not fit. Sections come in their order.</summary>
    public bool TryWrite(DnsSection section, DnsRecord record)
    {
        var (start, named) = (position, names.Count);
        WriteName(record.Name);
        WriteUInt16((ushort)record.Type);
        WriteUInt16((ushort)((ushort)record.Class | (record.CacheFlush ? HighestBit : 0)));
        WriteUInt16((ushort)(record.Ttl >> 16));
        WriteUInt16((ushort)record.Ttl);
        var length = position;
        WriteUInt16(0);
        record.Data.Write(this);
        if (!overflown) BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(length), (ushort)(position - length - sizeof(ushort)));
        return Counted(section, start, named);
    }

    /// <summary>Writes the header; the message is then complete.</summary>
    public byte[] Finish(DnsFlags flags, ushort id = 0)
    {
        BinaryPrimitives.WriteUInt16BigEndian(buffer, id);
        BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(2), (ushort)flags);
        for (var i = 0; i < counts.Length; i++) BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(4 + 2 * i), counts[i]);
        return Written.ToArray();
    }

    internal void WriteUInt16(ushort value)
    {
        if (!Fits(sizeof(ushort))) return;
        BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(position), value);
        position += sizeof(ushort);
    }

    internal void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        if (!Fits(bytes.Length)) return;
        bytes.CopyTo(buffer.AsSpan(position));
        position += bytes.Length;
    }

    internal void WriteName(DnsName name, bool compress = true)
    {
        var rest = name.Wire;
        while (rest.Length > 1)
        {
            if (compress && CompressesNames && Find(rest) is { } offset)
            {
                WriteUInt16((ushort)(0xC000 | offset));
                return;
            }
            if (position <= MaxPointer) names.Add((rest.ToArray(), position));
            WriteBytes(rest[..(1 + rest[0])]);
            rest = rest[(1 + rest[0])..];
        }
        WriteBytes([0]);
    }

    // Byte by byte, so that a name keeps its case.
    private int? Find(ReadOnlySpan<byte> name)
    {
        foreach (var (known, offset) in names)
        {
            if (name.SequenceEqual(known)) return offset;
        }
        return null;
    }

    private bool Fits(int count) => overflown ? false : !(overflown = count > buffer.Length - position);

    private bool Counted(DnsSection section, int start, int named)
    {
        if (!overflown)
        {
            counts[(int)section]++;
            return true;
        }
        overflown = false;
        position = start;
        names.RemoveRange(named, names.Count - named);
        return false;
    }
}
