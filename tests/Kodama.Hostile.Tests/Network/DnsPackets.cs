using System.Buffers.Binary;
using System.Text;

namespace Kodama.Hostile.Tests.Network;

/// <summary>DNS messages (RFC 1035) written by hand, true ones and others.</summary>
internal static class DnsPackets
{
    public const ushort A = 1;
    public const ushort Cname = 5;
    public const ushort Ptr = 12;
    public const ushort Txt = 16;
    public const ushort Srv = 33;
    public const ushort Nsec = 47;
    public const ushort Any = 255;

    public const ushort Query_ = 0;
    public const ushort Response = 0x8400;
    public const ushort Truncated = 0x0200;

    public static byte[] Query(string name, ushort type = Ptr, bool unicast = false) =>
        Message(Query_, 1, 0, Question(name, type, unicast));

    /// <summary>A header whose counts need not be those of what follows.</summary>
    public static byte[] Message(ushort flags, ushort questions, ushort answers, params byte[] body)
    {
        var packet = new byte[12 + body.Length];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), flags);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), questions);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), answers);
        body.CopyTo(packet, 12);
        return packet;
    }

    public static byte[] Question(string name, ushort type, bool unicast = false) =>
        [.. Name(name), .. Number(type), .. Number((ushort)(unicast ? 0x8001 : 1))];

    /// <summary>A record that takes the place of all others of its name.</summary>
    public static byte[] Record(byte[] name, ushort type, byte[] data, uint ttl = 120) =>
        [.. name, .. Number(type), .. Number(0x8001), .. Number((ushort)(ttl >> 16)), .. Number((ushort)ttl),
            .. Number((ushort)data.Length), .. data];

    public static byte[] Announcement(params byte[][] records) =>
        Message(Response, 0, (ushort)records.Length, [.. records.SelectMany(r => r)]);

    public static byte[] Name(string name) =>
        [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.UTF8.GetBytes(label)]), 0];

    public static byte[] Pointer(int to) => [(byte)(0xC0 | to >> 8), (byte)to];

    private static byte[] Number(ushort value) => [(byte)(value >> 8), (byte)value];
}
