using System.Buffers.Binary;
using System.Net;

namespace Kodama.Discovery;

/// <summary>
/// Reads a message from front to back (RFC 1035 section 4). Every method answers false when the bytes are wrong, and then
/// <see cref="Error"/> says what is; nothing is ever thrown for what the bytes hold.
/// <code>
/// question: name, type (16), class (16)
/// record:   name, type (16), class (16), ttl (32), length of data (16), data
/// name:     labels, each behind its length (8: 00xxxxxx), then 0 or a pointer (16: 11xxxxxx xxxxxxxx) to where it goes on
/// </code>
/// </summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    private const int PointerBits = 0xC0;
    private const ushort HighestBit = 0x8000;

    // Names have a few labels, and a writer that knows them points once. Long chains cost whoever follows them for each of many records.
    private const int MaxPointers = 16;

    private readonly ReadOnlySpan<byte> message = message;
    private int position;

    public string? Error { get; private set; }

    public bool TryReadQuestion(out DnsQuestion? question)
    {
        question = null;
        if (!TryReadName(out var name) || !TryReadUInt16(out var type) || !TryReadUInt16(out var classAndBit)) return false;
        question = new DnsQuestion(name, (DnsType)type, (classAndBit & HighestBit) != 0, (DnsClass)(classAndBit & ~HighestBit));
        return true;
    }

    public bool TryReadRecord(out DnsRecord? record)
    {
        record = null;
        if (!TryReadName(out var name) || !TryReadUInt16(out var type) || !TryReadUInt16(out var classAndBit)) return false;
        if (!TryReadUInt16(out var ttlHigh) || !TryReadUInt16(out var ttlLow) || !TryReadUInt16(out var length)) return false;
        if (length > message.Length - position) return Fail("data ends after the message");
        var end = position + length;
        var recordClass = (DnsClass)(classAndBit & ~HighestBit);
        if (!TryReadData(recordClass == DnsClass.Internet ? (DnsType)type : 0, (DnsType)type, end, out var data)) return false;
        record = new DnsRecord(name, ((uint)ttlHigh << 16) | ttlLow, data!, (classAndBit & HighestBit) != 0, recordClass);
        position = end;
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        value = 0;
        if (message.Length - position < sizeof(ushort)) return Fail("the message ends too early");
        value = BinaryPrimitives.ReadUInt16BigEndian(message[position..]);
        position += sizeof(ushort);
        return true;
    }

    private bool TryReadData(DnsType understood, DnsType type, int end, out DnsData? data)
    {
        data = null;
        var bytes = message[position..end];
        switch (understood)
        {
            case DnsType.A when bytes.Length == AddressData.IPv4Size:
            case DnsType.Aaaa when bytes.Length == AddressData.IPv6Size:
                data = new AddressData(new IPAddress(bytes));
                return true;
            case DnsType.A or DnsType.Aaaa:
                return Fail($"an address of {bytes.Length} bytes");
            case DnsType.Ptr:
                if (!TryReadName(out var target)) return false;
                data = new PtrData(target);
                return position == end || Fail("a PTR record is not as long as it says");
            case DnsType.Srv:
                if (!TryReadUInt16(out var priority) || !TryReadUInt16(out var weight) || !TryReadUInt16(out var port)
                    || !TryReadName(out target))
                {
                    return false;
                }
                data = new SrvData(priority, weight, port, target);
                return position == end || Fail("an SRV record is not as long as it says");
            case DnsType.Txt:
                if (!TxtData.TryRead(bytes, out var text)) return Fail("a string of a TXT record ends after the record");
                data = text;
                return true;
            case DnsType.Nsec:
                if (!TryReadName(out var next)) return false;
                if (position > end || !NsecData.TryRead(next, message[position..end], out var types))
                    return Fail("an NSEC record with a bad bitmap");
                data = types;
                return true;
            default:
                data = new RawData(type, bytes.ToArray());
                return true;
        }
    }

    // A pointer goes to before all that this name was read from so far (RFC 1035 section 4.1.4: a prior occurrence), so that none can loop.
    private bool TryReadName(out DnsName name)
    {
        name = DnsName.Root;
        Span<byte> labels = stackalloc byte[DnsName.MaxLength];
        var length = 0;
        var at = position;
        var earliest = position;
        var after = -1;
        var pointers = 0;
        while (true)
        {
            if (at >= message.Length) return Fail("a name ends after the message");
            int first = message[at];
            if ((first & PointerBits) == PointerBits)
            {
                if (at + 1 >= message.Length) return Fail("a name ends after the message");
                if (after < 0) after = at + 2;
                at = ((first & ~PointerBits) << 8) | message[at + 1];
                if (at >= earliest) return Fail($"a name points forward or to itself, to {at}");
                if (++pointers > MaxPointers) return Fail($"a name of more than {MaxPointers} pointers");
                earliest = at;
                continue;
            }
            if (first > DnsName.MaxLabel) return Fail($"a label of type 0x{first & PointerBits:X2}");
            if (first >= message.Length - at) return Fail("a label ends after the message");
            if (length + 1 + first + (first == 0 ? 0 : 1) > DnsName.MaxLength)
                return Fail($"a name of more than {DnsName.MaxLength} bytes");
            message.Slice(at, 1 + first).CopyTo(labels[length..]);
            length += 1 + first;
            at += 1 + first;
            if (first == 0) break;
        }
        position = after < 0 ? at : after;
        name = DnsName.FromWire(labels[..length]);
        return true;
    }

    private bool Fail(string error)
    {
        Error ??= $"{error} (at byte {position} of {message.Length})";
        return false;
    }
}
