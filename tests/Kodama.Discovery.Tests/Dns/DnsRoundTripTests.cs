using System.Net;
using FsCheck;
using FsCheck.Fluent;

namespace Kodama.Discovery.Tests;

/// <summary>What is written is read back the same, whatever it is.</summary>
public class DnsRoundTripTests
{
    private static readonly Gen<string> Labels =
        Gen.Elements("a", "A", "Lounge", "Dr. Who", "木霊", "_tcp", "local", "x\\y", new string('z', 63))
            .Or(Gen.Choose(0, 999).Select(n => $"hub {n}"));

    private static readonly Gen<DnsName> Names = Gen.Choose(0, 3).SelectMany(n => Labels.ArrayOf(n))
        .Select(labels => labels.Aggregate(DnsName.Root, (n, l) => n.Prepend(l)));

    private static readonly Gen<byte[]> Bytes = Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf();

    private static readonly Gen<DnsData> Data = Gen.OneOf<DnsData>(
        Names.Select(DnsData (n) => new PtrData(n)),
        Names.SelectMany(n => Gen.Choose(0, 65535).Select(DnsData (p) => new SrvData((ushort)(p / 7), (ushort)(p / 3), (ushort)p, n))),
        Labels.ArrayOf().Select(DnsData (values) => TxtData.Of([.. values.Select((v, i) => KeyValuePair.Create($"k{i}", v))])),
        Gen.Choose(0, 255).ArrayOf(4).Select(DnsData (b) => new AddressData(new IPAddress([.. b.Select(i => (byte)i)]))),
        Gen.Choose(0, 255).ArrayOf(16).Select(DnsData (b) => new AddressData(new IPAddress([.. b.Select(i => (byte)i)]))),
        Names.SelectMany(n => Gen.Choose(0, 255).ArrayOf().Select(DnsData (types) => new NsecData(n, types.Select(t => (DnsType)t)))),
        Bytes.SelectMany(b => Gen.Choose(256, 65535).Select(DnsData (t) => new RawData((DnsType)t, b))));

    private static readonly Gen<DnsRecord> Records = Names.SelectMany(n => Data.SelectMany(d => Gen.Choose(0, int.MaxValue)
        .Select(ttl => new DnsRecord(n, (uint)ttl * 2, d, CacheFlush: ttl % 2 == 0))));

    private static readonly Gen<DnsQuestion> Questions =
        Names.SelectMany(n =>
            Gen.Choose(0, 65535).Select(t => new DnsQuestion(n, (DnsType)t, t % 2 == 0, t % 3 == 0 ? DnsClass.Any : DnsClass.Internet)));

    [Fact]
    public void Message_WrittenAndRead_IsTheSame() =>
        Prop.ForAll(Questions.ListOf().ToArbitrary(), Records.ListOf().ToArbitrary(), (questions, records) =>
        {
            var packets = DnsPackets.Split(
                new DnsMessage { Flags = DnsFlags.Response, Questions = [.. questions], Answers = [.. records] });
            var messages = packets
                .Select(p => DnsMessage.TryRead(p, out var message, out var error) ? message : throw new InvalidDataException(error))
                .ToList();

            Assert.Equal(questions, messages.SelectMany(m => m.Questions));
            Assert.Equal(records, messages.SelectMany(m => m.Answers));
            Assert.All(packets, p => Assert.InRange(p.Length, 12, DnsWriter.PacketSize));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(60));
}
