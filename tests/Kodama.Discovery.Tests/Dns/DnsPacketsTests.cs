namespace Kodama.Discovery.Tests;

public class DnsPacketsTests
{
    private static readonly DnsQuestion Question = new(Packets.Service, DnsType.Ptr);

    [Fact]
    public void Split_Names_PointToEarlierOnes()
    {
        var packet = Packets.Answer();

        Assert.Equal(1, CountOf(packet, "_kodama"));
        Assert.Equal(1, CountOf(packet, "Lounge"));
        Assert.Equal(1, CountOf(packet, "local"));
    }

    [Fact]
    public void Split_NamesOfOtherCase_KeepIt()
    {
        var message = new DnsMessage { Questions = [new(DnsName.Parse("a.local"), DnsType.A), new(DnsName.Parse("A.LOCAL"), DnsType.A)] };

        Assert.Equal(["a.local", "A.LOCAL"], Read(DnsPackets.Split(message)[0]).Questions.Select(q => q.Name.ToString()));
    }

    [Fact]
    public void Split_KnownAnswersBeyondOnePacket_GoOnInFurtherOnesThatSaySo()
    {
        var answers = Enumerable.Range(0, 200)
            .Select(i => new DnsRecord(Packets.Service, 4500, new PtrData(Packets.Service.Prepend($"Hub {i}")))).ToList();

        var packets = DnsPackets.Split(new DnsMessage { Questions = [Question], Answers = answers });

        var messages = packets.Select(Read).ToList();
        Assert.True(packets.Count > 1);
        Assert.All(packets, p => Assert.InRange(p.Length, 1, DnsWriter.PacketSize));
        Assert.Equal(answers, messages.SelectMany(m => m.Answers));
        Assert.Equal([Question], messages[0].Questions);
        Assert.All(messages.Skip(1), m => Assert.Empty(m.Questions));
        Assert.All(messages.SkipLast(1), m => Assert.True(m.IsTruncated));
        Assert.False(messages[^1].IsTruncated);
    }

    [Fact]
    public void Split_AnswersBeyondOnePacket_AreNotCalledTruncated()
    {
        var answers = Enumerable.Range(0, 200)
            .Select(i => new DnsRecord(Packets.Service, 4500, new PtrData(Packets.Service.Prepend($"Hub {i}")))).ToList();

        var messages = DnsPackets.Split(new DnsMessage { Flags = DnsFlags.Response, Answers = answers, Additionals = Packets.Records })
            .Select(Read).ToList();

        Assert.Equal(answers, messages.SelectMany(m => m.Answers));
        Assert.All(messages, m => Assert.False(m.IsTruncated));
    }

    [Fact]
    public void Split_AdditionalsThatDoNotFit_AreLeftOut()
    {
        var large = TxtData.Of([.. Enumerable.Range(0, 5).Select(i => KeyValuePair.Create($"k{i}", new string('v', 250)))]);
        var message = new DnsMessage
        {
            Flags = DnsFlags.Response,
            Answers = [new(Packets.Lounge, 4500, large)],
            Additionals = [new(Packets.Host, 4500, large), Packets.Records[3]],
        };

        var read = Read(Assert.Single(DnsPackets.Split(message)));

        Assert.Equal(message.Answers, read.Answers);
        Assert.Equal([Packets.Records[3]], read.Additionals);
    }

    [Fact]
    public void Split_RecordLargerThanAPacket_GoesAlone()
    {
        var text = Enumerable.Range(0, 8).Select(i => KeyValuePair.Create($"k{i}", new string('v', 250)));
        var large = new DnsRecord(Packets.Lounge, 4500, TxtData.Of([.. text]));

        var messages = DnsPackets
            .Split(new DnsMessage { Flags = DnsFlags.Response, Answers = [Packets.Records[0], large, Packets.Records[1]] })
            .Select(Read);

        Assert.Equal([[Packets.Records[0]], [large], [Packets.Records[1]]], messages.Select(m => m.Answers));
    }

    [Fact]
    public void Legacy_AnswersThatDoNotFit_AreMarkedAsTruncated()
    {
        var answers = Enumerable.Range(0, 200)
            .Select(i => new DnsRecord(Packets.Service, 10, new PtrData(Packets.Service.Prepend($"Hub {i}")))).ToList();

        var packet = DnsPackets.Legacy(
            new DnsMessage { Id = 0x1234, Flags = DnsFlags.Response, Questions = [Question], Answers = answers });

        Assert.InRange(packet.Length, 1, DnsWriter.PacketSize);
        Assert.True(Read(packet).IsTruncated);
        Assert.Equal(0x1234, Read(packet).Id);
    }

    [Fact]
    public void Legacy_Service_IsNotCompressed()
    {
        var message = new DnsMessage { Flags = DnsFlags.Response, Answers = [Packets.Records[1], Packets.Records[3]] };

        Assert.Equal(2, CountOf(DnsPackets.Legacy(message), "local"));
    }

    private static DnsMessage Read(byte[] packet)
    {
        Assert.True(DnsMessage.TryRead(packet, out var message, out var error), error);
        return message;
    }

    private static int CountOf(byte[] packet, string text) => System.Text.Encoding.Latin1.GetString(packet).Split(text).Length - 1;
}
