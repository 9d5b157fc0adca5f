using System.Net;

namespace Kodama.Discovery.Tests;

public class DnsMessageTests
{
    private const string Question = "0000 0000 0001 0000 0000 0000  07 '_kodama' 04 '_tcp' 05 'local' 00 000C 0001";

    // Captured: avahi-publish -s Den _kodama._tcp 9090 id=ab, on a host called host2. It probes ...
    private const string AvahiProbe = """
        0000000000010000000200000344656e075f6b6f64616d61045f746370056c6f63616c0000ff0001c00c0021000100000078000e00000000238205686f737432
        c01dc00c001000010000119400060569643d6162
        """;

    // ... and announces.
    private const string AvahiAnnouncement = """
        0000840000000006000000000344656e075f6b6f64616d61045f746370056c6f63616c00001080010000119400060569643d6162c010000c0001000011940002
        c00cc00c0021800100000078000e00000000238205686f737432c01dc054001c8001000000780010fe80000000000000e04ab0fffe96f7e3c054000180010000
        007800040a630002095f7365727669636573075f646e732d7364045f756470c01d000c0001000011940002c010
        """;

    // The form of Bonjour's answer: PTR, then SRV with cache-flush bit and compressed target, TXT, A, AAAA, and an NSEC for either name.
    private const string BonjourAnswer = """
        0000 8400 0000 0001 0000 0006
        07 '_kodama' 04 '_tcp' 05 'local' 00  000C 0001 00001194 0009  06 'Lounge' C00C
        C02A  0021 8001 00000078 000E  0000 0000 1F90 05 'mac-1' C019
        C02A  0010 8001 00001194 0010  09 'txtvers=1' 05 'id=ab'
        C045  0001 8001 00000078 0004  C0A80107
        C045  001C 8001 00000078 0010  FE80 0000 0000 0000 0000 0000 0000 0001
        C045  002F 8001 00000078 0008  C045 00 04 40000008
        C02A  002F 8001 00001194 0009  C02A 00 05 0000800040
        """;

    [Fact]
    public void TryRead_Question_IsRead()
    {
        var message = Read(Question);

        Assert.False(message.IsResponse);
        var question = Assert.Single(message.Questions);
        Assert.Equal(new DnsQuestion(DnsName.Parse("_kodama._tcp.local"), DnsType.Ptr), question);
    }

    [Fact]
    public void TryRead_ProbeOfAvahi_IsRead()
    {
        var message = Read(AvahiProbe);
        var den = DnsName.Parse("_kodama._tcp.local").Prepend("Den");

        Assert.Equal([new(den, DnsType.Any)], message.Questions);
        Assert.Equal(
            [
                new DnsRecord(den, 120, new SrvData(0, 0, 9090, DnsName.Parse("host2.local"))),
                new DnsRecord(den, 4500, TxtData.Of([new("id", "ab")])),
            ],
            message.Authorities);
    }

    [Fact]
    public void TryRead_AnnouncementOfAvahi_IsReadAndWrittenTheSame()
    {
        var message = Read(AvahiAnnouncement);
        var service = DnsName.Parse("_kodama._tcp.local");
        var host = DnsName.Parse("host2.local");

        Assert.Equal(
            [
                new DnsRecord(service.Prepend("Den"), 4500, TxtData.Of([new("id", "ab")]), CacheFlush: true),
                new DnsRecord(service, 4500, new PtrData(service.Prepend("Den"))),
                new DnsRecord(service.Prepend("Den"), 120, new SrvData(0, 0, 9090, host), CacheFlush: true),
                new DnsRecord(host, 120, new AddressData(IPAddress.Parse("fe80::e04a:b0ff:fe96:f7e3")), CacheFlush: true),
                new DnsRecord(host, 120, new AddressData(IPAddress.Parse("10.99.0.2")), CacheFlush: true),
                new DnsRecord(DnsName.Parse("_services._dns-sd._udp.local"), 4500, new PtrData(service)),
            ],
            message.Answers);
        Assert.Equal(Hex.Bytes(AvahiAnnouncement), Assert.Single(DnsPackets.Split(message)));
    }

    [Fact]
    public void TryRead_AnswerOfBonjour_IsRead()
    {
        var message = Read(BonjourAnswer);
        var service = DnsName.Parse("_kodama._tcp.local");
        var instance = service.Prepend("Lounge");
        var host = DnsName.Parse("mac-1.local");

        Assert.True(message.IsResponse);
        Assert.Equal(new DnsRecord(service, 4500, new PtrData(instance)), Assert.Single(message.Answers));
        Assert.Equal(
            [
                new DnsRecord(instance, 120, new SrvData(0, 0, 8080, host), CacheFlush: true),
                new DnsRecord(instance, 4500, TxtData.Of([new("txtvers", "1"), new("id", "ab")]), CacheFlush: true),
                new DnsRecord(host, 120, new AddressData(IPAddress.Parse("192.168.1.7")), CacheFlush: true),
                new DnsRecord(host, 120, new AddressData(IPAddress.Parse("fe80::1")), CacheFlush: true),
                new DnsRecord(host, 120, new NsecData(host, DnsType.A, DnsType.Aaaa), CacheFlush: true),
                new DnsRecord(instance, 4500, new NsecData(instance, DnsType.Txt, DnsType.Srv), CacheFlush: true),
            ],
            message.Additionals);
    }

    [Fact]
    public void TryRead_UnicastBitOfAQuestion_IsNotPartOfItsClass()
    {
        var question = Read("0000 0000 0001 0000 0000 0000  01 'a' 00 00FF 8001").Questions[0];

        Assert.True(question.UnicastResponse);
        Assert.Equal(DnsClass.Internet, question.Class);
        Assert.Equal(DnsType.Any, question.Type);
    }

    [Fact]
    public void TryRead_TypeThatIsNotKnown_IsKeptRaw()
    {
        // OPT, as Apple's devices add it to their questions; its class is a size.
        var record = Read("0000 0000 0000 0000 0000 0001  00 0029 05A0 00001194 0004 00040000").Additionals[0];

        Assert.Equal(new RawData((DnsType)41, new byte[] { 0, 4, 0, 0 }), record.Data);
    }

    [Fact]
    public void TryRead_EmptyTxt_IsOneEmptyString()
    {
        var text = (TxtData)Read("0000 8400 0000 0001 0000 0000  01 'a' 00 0010 8001 00001194 0000").Answers[0].Data;

        Assert.Empty(text.Pairs);
        Assert.Equal(TxtData.Of([]), text);
    }

    [Fact]
    public void Pairs_WithoutEqualsOrKey_AreEmptyOrSkipped()
    {
        Assert.True(TxtData.TryRead(Hex.Bytes("04 'flag' 06 '=value' 03 'a=b' 02 'a=' 00"), out var text));

        Assert.Equal([new("flag", ""), new("a", "b"), new("a", "")], text!.Pairs);
    }

    [Fact]
    public void TryRead_PointersToPointers_AreFollowed()
    {
        // c -> b.(a): 12: a 0, 15: question 2 name: b -> 12; question 3: pointer to 19, question 4: pointer to that pointer.
        var message = Read("0000 0000 0004 0000 0000 0000  01 'a' 00 0001 0001  01 'b' C00C 0001 0001  C013 0001 0001  C01B 0001 0001");

        Assert.Equal(["a", "b.a", "b.a", "b.a"], message.Questions.Select(q => q.Name.ToString()));
    }

    private static DnsMessage Read(string dump)
    {
        Assert.True(DnsMessage.TryRead(Hex.Bytes(dump), out var message, out var error), error);
        return message;
    }
}
