using System.Net;
using Kodama.Testing;

namespace Kodama.Discovery.Tests;

/// <summary>RFC 6762 sections 8.3, 8.4 and 10.1: what is said without a question.</summary>
public class AnnouncingTests
{
    private readonly Lab lab = new();

    [Fact]
    public void Announcement_IsSaidTwiceASecondApart_WithAllRecords()
    {
        lab.Start(addresses: "192.168.1.10");
        lab.Run(10);

        Assert.Equal(2, lab.Responses.Count);
        Assert.Equal(1000, (lab.Responses[1].At - lab.Responses[0].At).TotalMilliseconds);
        Assert.All(lab.Responses, r => Assert.Equal(
            [
                new(Lab.Service, 4500, new PtrData(Lab.Lounge)),
                new(Lab.Types, 4500, new PtrData(Lab.Service)),
                new(Lab.Lounge, 120, new SrvData(0, 0, 8080, Lab.Host), CacheFlush: true),
                new(Lab.Lounge, 4500, Lab.Txt("a"), CacheFlush: true),
                new(Lab.Host, 120, new AddressData(IPAddress.Parse("192.168.1.10")), CacheFlush: true),
            ],
            r.Message.Answers));
    }

    [Fact]
    public async Task WhenAnnounced_WithoutALink_WaitsForOne()
    {
        var (advertiser, network) = lab.Start();
        var announced = advertiser.WhenAnnouncedAsync();
        lab.Run(5);
        Assert.False(announced.IsCompleted);

        network.Up("192.168.1.10");
        lab.Run(2);

        await announced.Within();
        await advertiser.WhenAnnouncedAsync().Within();
    }

    [Fact]
    public async Task WhenAnnounced_TwoLinks_WaitsForBoth()
    {
        var (advertiser, network) = lab.Start(addresses: "192.168.1.10");
        lab.Run(2);
        network.Up("10.0.0.10");

        var announced = advertiser.WhenAnnouncedAsync();
        Assert.False(announced.IsCompleted);
        lab.Run(2);

        await announced.Within();
    }

    [Fact]
    public async Task WhenAnnounced_CancelledOrDisposed_Ends()
    {
        var (advertiser, _) = lab.Start();
        using var cancelled = new CancellationTokenSource();
        var first = advertiser.WhenAnnouncedAsync(cancelled.Token);
        var second = advertiser.WhenAnnouncedAsync();

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Within());
        await advertiser.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => second.Within());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => advertiser.WhenAnnouncedAsync().Within());
    }

    [Fact]
    public void Update_OtherText_IsAnnouncedWithoutProbing()
    {
        var (advertiser, _) = lab.Announced();

        advertiser.Update(Lab.Text("b"));
        lab.Run(5);

        Assert.Empty(lab.Probes);
        Assert.Equal(2, lab.Responses.Count);
        Assert.All(lab.Responses, r => Assert.Equal(Lab.Txt("b"), Assert.Single(r.Message.Answers, a => a.Type == DnsType.Txt).Data));
    }

    [Fact]
    public void Update_SameText_IsNotAnnounced()
    {
        var (advertiser, _) = lab.Announced();

        advertiser.Update(Lab.Text("a"));
        lab.Run(5);

        Assert.Empty(lab.Sent);
    }

    [Fact]
    public void Update_ManyTimesASecond_IsAnnouncedOnceASecondAndEndsWithTheLast()
    {
        var (advertiser, _) = lab.Announced();

        for (var i = 0; i < 50; i++)
        {
            advertiser.Update([new("id", $"{i}")]);
            lab.Run(0.1);
        }
        lab.Run(5);

        Assert.InRange(lab.Responses.Count, 5, 8);
        Assert.Equal(TxtData.Of([new("id", "49")]), lab.Responses[^1].Message.Answers.First(a => a.Type == DnsType.Txt).Data);
    }

    [Fact]
    public void Update_WhileProbing_DoesNotHoldItUp()
    {
        var (advertiser, _) = lab.Start(addresses: "192.168.1.10");
        for (var i = 0; i < 10; i++)
        {
            lab.Run(0.1);
            advertiser.Update([new("id", $"{i}")]);
        }
        lab.Run(0.1);

        Assert.NotEmpty(lab.Responses);
    }

    [Fact]
    public async Task Dispose_SaysGoodbyeForWhatIsOursAlone()
    {
        var (advertiser, _) = lab.Announced();

        await advertiser.DisposeAsync();
        await advertiser.DisposeAsync();

        var goodbye = Assert.Single(lab.Sent).Message;
        Assert.Equal([DnsType.Ptr, DnsType.Srv, DnsType.Txt, DnsType.A], goodbye.Answers.Select(a => a.Type));
        Assert.DoesNotContain(goodbye.Answers, a => a.Name.Equals(Lab.Types));
        Assert.All(goodbye.Answers, a => Assert.Equal(0u, a.Ttl));
    }

    [Fact]
    public async Task Dispose_WhileProbing_SaysNothing()
    {
        var (advertiser, _) = lab.Start(addresses: "192.168.1.10");
        lab.Run(0.5);

        await advertiser.DisposeAsync();
        lab.Run(5);

        Assert.Empty(lab.Responses);
    }

    [Fact]
    public void LinkChanged_OtherAddress_IsAnnouncedWithoutProbing()
    {
        var (_, network) = lab.Announced();

        network.Change(network.Links[0], "192.168.1.99");
        lab.Run(5);

        Assert.Empty(lab.Probes);
        Assert.Equal(2, lab.Responses.Count);
        Assert.All(lab.Responses, r => Assert.Equal(
            [new AddressData(IPAddress.Parse("192.168.1.99"))],
            r.Message.Answers.Where(a => a.Type == DnsType.A).Select(a => a.Data)));
    }

    [Fact]
    public void LinkChanged_LastAddressOfItsFamilyGone_IsTakenBack()
    {
        var (_, network) = lab.Announced();
        network.Change(network.Links[0], "192.168.1.10", "fd00::10");
        lab.Run(5);
        lab.Forget();

        network.Change(network.Links[0], "192.168.1.10");
        lab.Run(5);

        Assert.Equal(
            new DnsRecord(Lab.Host, 0, new AddressData(IPAddress.Parse("fd00::10")), CacheFlush: true),
            Assert.Single(lab.Responses[0].Message.Answers));
    }

    [Fact]
    public void LinkDown_Link_IsSilent()
    {
        var (_, network) = lab.Announced();

        network.Down(network.Links[0]);
        lab.Ask(Lab.Service, DnsType.Ptr);
        lab.Run(5);

        Assert.Empty(lab.Sent);
    }

    [Fact]
    public void LinkUp_WhileRunning_IsProbedAndAnnounced()
    {
        var (_, network) = lab.Announced();

        var link = network.Up("10.0.0.10");
        lab.Run(5);

        Assert.Equal(3, lab.Probes.Count(p => p.From == link));
        Assert.Equal(2, lab.Responses.Count(p => p.From == link));
        Assert.Equal(new AddressData(IPAddress.Parse("10.0.0.10")), lab.Responses.First(p => p.From == link).Message.Answers[^1].Data);
        Assert.DoesNotContain(lab.Sent, p => p.From != link);
    }

    [Fact]
    public void Resumed_AfterSleep_IsProbedAndAnnounced()
    {
        var (_, network) = lab.Announced();

        network.Resume();
        lab.Run(5);

        Assert.Equal(3, lab.Probes.Count);
        Assert.Equal(2, lab.Responses.Count);
    }

    [Fact]
    public void Addresses_OnlySome_AreTold()
    {
        var (_, network) = lab.Start(options: new AdvertiserOptions { Addresses = { IPAddress.Parse("192.168.1.10") } });
        var unused = network.Up("10.0.0.10");
        network.Up("fe80::1", "192.168.1.10");
        lab.Run(5);

        Assert.DoesNotContain(lab.Sent, s => s.From == unused);
        Assert.Equal(
            [new AddressData(IPAddress.Parse("192.168.1.10"))],
            lab.Responses[0].Message.Answers.Select(a => a.Data).OfType<AddressData>());
    }

    [Fact]
    public void TwoLinks_OfOneNetwork_DoNotFightEachOther()
    {
        var (advertiser, _) = lab.Start(addresses: ["192.168.1.10", "192.168.1.11"]);
        lab.Run(5);
        lab.Ask(Lab.Host, DnsType.A);
        lab.Run(5);

        Assert.Equal("Lounge", advertiser.Name);
        Assert.Equal(6, lab.Probes.Count);
    }
}
