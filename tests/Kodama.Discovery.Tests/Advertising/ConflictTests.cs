namespace Kodama.Discovery.Tests;

/// <summary>RFC 6762 section 9, and what others say of our records.</summary>
public class ConflictTests
{
    private readonly Lab lab = new();

    private static readonly DnsRecord Foreign = new(
        Lab.Lounge, 120, new SrvData(0, 0, 9999, DnsName.Parse("other.local")), CacheFlush: true);

    [Fact]
    public void Hear_OtherDataUnderOurName_IsProbedAnew()
    {
        var (advertiser, _) = lab.Announced();

        lab.Answer(Foreign);
        lab.Run(4);

        Assert.Equal(3, lab.Probes.Count);
        Assert.Equal("Lounge", advertiser.Name);
        Assert.Equal(2, lab.Responses.Count);
    }

    [Fact]
    public void Hear_OtherDataAndItsDefence_GivesTheNameUp()
    {
        var (advertiser, _) = lab.Announced();

        lab.Answer(Foreign);
        lab.Run(0.4);
        lab.Answer(Foreign);
        lab.Run(4);

        Assert.Equal("Lounge (2)", advertiser.Name);
    }

    [Fact]
    public void Rename_OfANameThatWasAnnouncedElsewhere_TakesBackWhatIsOursAlone()
    {
        var (_, network) = lab.Announced();
        var second = network.Up("10.0.0.10");
        lab.Run(0.4);
        lab.Forget();

        second.Receive(DnsPackets.Split(AnswerQueue.Response([Foreign], []))[0], lab.Neighbour.Source, true);

        var goodbye = Assert.Single(lab.Sent).Message.Answers;
        Assert.Equal(new DnsRecord(Lab.Lounge, 0, new SrvData(0, 0, 8080, Lab.Host)), Assert.Single(goodbye));
    }

    [Theory]
    [InlineData("goodbye")]
    [InlineData("other type")]
    [InlineData("other class")]
    [InlineData("other port")]
    [InlineData("question")]
    public void Hear_WhatIsNoConflict_ChangesNothing(string what)
    {
        lab.Announced();
        switch (what)
        {
            case "goodbye": lab.Answer(Foreign with { Ttl = 0 }); break;
            case "other type": lab.Answer(new DnsRecord(Lab.Lounge, 120, new RawData((DnsType)99, new byte[4]))); break;
            case "other class": lab.Answer(Foreign with { Class = (DnsClass)3, Data = new RawData(DnsType.Srv, new byte[4]) }); break;
            case "other port": lab.Scanner.Send(DnsPackets.Split(AnswerQueue.Response([Foreign], []))[0]); break;
            case "question": lab.Say(new DnsMessage { Questions = [new(Lab.Host, DnsType.Aaaa)], Answers = [Foreign] }); break;
        }
        lab.Run(4);

        Assert.Empty(lab.Probes);
    }

    [Fact]
    public void Probe_ByAnother_IsAnsweredAtOnceThoughItWasSaidLately()
    {
        lab.Announced();
        var probe = new DnsMessage { Questions = [new(Lab.Lounge, DnsType.Any)], Authorities = [Foreign with { CacheFlush = false }] };

        for (var i = 0; i < 3; i++)
        {
            lab.Say(probe);
            lab.Run(0.25);
        }

        Assert.Equal(3, lab.Responses.Count);
        Assert.InRange((lab.Responses[0].At - lab.Lan.Log[0].At).TotalMilliseconds, 0, 1);
    }

    [Fact]
    public void Hear_GoodbyeForOurRecord_IsContradicted()
    {
        lab.Announced();
        var pointer = new DnsRecord(Lab.Service, 0, new PtrData(Lab.Lounge));

        lab.Answer(pointer);
        lab.Run(1);

        Assert.Equal([pointer with { Ttl = 4500 }], Assert.Single(lab.Responses).Message.Answers);
    }
}
