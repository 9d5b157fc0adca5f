namespace Kodama.Discovery.Tests;

public class RecordCacheTests
{
    private const int Link = 2;

    private readonly RecordCache cache = new(new Random(1), maxRecords: 8);

    [Fact]
    public void Add_Record_HoldsForItsTtl()
    {
        Add(Records.Srv(), 0);
        cache.Expire(Seconds(119.9));
        Assert.Equal(1, cache.Count);
        cache.Expire(Seconds(120));
        Assert.Equal(0, cache.Count);
        Assert.Null(cache.Latest(Link, Records.Instance(), DnsType.Srv));
    }

    [Fact]
    public void Add_SameRecordAgain_BeginsAnew()
    {
        Add(Records.Srv(), 0);
        Add(Records.Srv(), 100);
        Assert.Equal(1, cache.Count);
        cache.Expire(Seconds(219));
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void Add_Goodbye_LeavesForASecond()
    {
        Add(Records.Ptr(), 0);
        Add(Records.Ptr(ttl: 0), 10);
        Assert.True(cache.All.Single().IsLeaving);
        cache.Expire(Seconds(10.9));
        Assert.Equal(1, cache.Count);
        cache.Expire(Seconds(11));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Add_AfterGoodbye_IsBack()
    {
        Add(Records.Ptr(), 0);
        Add(Records.Ptr(ttl: 0), 10);
        Add(Records.Ptr(), 10.5);
        Assert.False(cache.All.Single().IsLeaving);
        cache.Expire(Seconds(4000));
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void Add_GoodbyeOfAnUnknownRecord_IsNothing()
    {
        Add(Records.Ptr(ttl: 0), 0);
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Add_CacheFlush_ReplacesWhatIsOlderThanASecond()
    {
        Add(Records.Address("192.168.1.20"), 0);
        Add(Records.Address("192.168.1.21"), 5);
        Add(Records.Address("192.168.1.22"), 5.5);
        Assert.Equal(3, cache.Count);
        cache.Expire(Seconds(6));
        Assert.Equal(["192.168.1.21", "192.168.1.22"], cache.All.Select(r => r.Record.Data.ToString()));
    }

    [Fact]
    public void Add_CacheFlush_LeavesOtherLinksAndTypesAlone()
    {
        cache.Add(Link, Records.Address("192.168.1.20"), Records.From(), Seconds(0));
        cache.Add(Link + 1, Records.Address("192.168.1.21"), Records.From(), Seconds(5));
        cache.Add(Link, Records.Address("fe80::1"), Records.From(), Seconds(5));
        cache.Expire(Seconds(7));
        Assert.Equal(3, cache.Count);
    }

    [Fact]
    public void Add_ToAFullCache_IsNotTaken()
    {
        for (var i = 0; i < 20; i++) Add(Records.Ptr($"Hub {i}"), 0);
        Assert.Equal(8, cache.Count);
        Add(Records.Ptr("Hub 0", ttl: 0), 1);
        cache.Expire(Seconds(2));
        Add(Records.Ptr("Hub 19"), 2);
        Assert.Equal(8, cache.Count);
    }

    [Fact]
    public void Add_EndlessTtl_IsBounded()
    {
        Add(Records.Ptr(ttl: uint.MaxValue), 0);
        cache.Expire(TimeSpan.FromMinutes(75));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Add_TtlOfASecond_HoldsForTen()
    {
        Add(Records.Ptr(ttl: 1), 0);
        cache.Expire(Seconds(9.9));
        Assert.Equal(1, cache.Count);
        cache.Expire(Seconds(10));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Add_ToACacheFullOfOtherRecords_TakesThePlaceOfTheOldest()
    {
        for (var i = 0; i < 8; i++) Add(Records.Srv($"Hub {i}", ttl: 1000), i);
        Add(Records.Srv("Hub 8"), 8);
        Assert.Equal(8, cache.Count);
        Assert.Empty(cache.Find(Link, Records.Instance("Hub 0"), DnsType.Srv));
        Assert.Single(cache.Find(Link, Records.Instance("Hub 8"), DnsType.Srv));
    }

    [Fact]
    public void Add_AnswerToTheOwnPort_DoesNotShortenWhatIsKnown()
    {
        Add(Records.Ptr(), 0);
        cache.Add(Link, Records.Ptr(ttl: 10), Records.From(toOwnPort: true), Seconds(5));
        cache.Expire(Seconds(1000));
        Assert.Equal(Seconds(5), cache.All.Single().HeardAt);
        cache.Expire(Seconds(4500));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void TakeRefreshes_OfAnUnansweredRecord_AreAtTheFourTimesOfTheRfc()
    {
        Add(Records.Txt(ttl: 100), 0);
        var times = new List<double>();
        for (var time = 0.0; time < 100; time += 0.1)
        {
            foreach (var (link, question) in cache.TakeRefreshes(Seconds(time)))
            {
                Assert.Equal((Link, new DnsQuestion(Records.Instance(), DnsType.Txt)), (link, question));
                times.Add(time);
            }
        }
        Assert.Equal(4, times.Count);
        foreach (var (time, percent) in times.Zip([80.0, 85, 90, 95])) Assert.InRange(time, percent, percent + 2.2);
    }

    [Fact]
    public void TakeRefreshes_Answered_BeginAnew()
    {
        Add(Records.Txt(ttl: 100), 0);
        Assert.Single(cache.TakeRefreshes(Seconds(83)));
        Add(Records.Txt(ttl: 100), 83);
        Assert.Empty(cache.TakeRefreshes(Seconds(160)));
        Assert.Single(cache.TakeRefreshes(Seconds(166)));
    }

    [Fact]
    public void NextDue_IsTheNextRefreshOrEnd()
    {
        Assert.Equal(TimeSpan.MaxValue, cache.NextDue());
        Add(Records.Txt(ttl: 100), 0);
        Assert.InRange(cache.NextDue().TotalSeconds, 80, 82);
        Add(Records.Txt(ttl: 0), 1);
        Assert.Equal(Seconds(2), cache.NextDue());
    }

    [Fact]
    public void IsFresh_BeyondHalfItsLife_IsNoKnownAnswer()
    {
        Add(Records.Ptr(ttl: 100), 0);
        Assert.True(cache.All.Single().IsFresh(Seconds(49)));
        Assert.False(cache.All.Single().IsFresh(Seconds(50)));
        Assert.Equal(70u, cache.All.Single().Remaining(Seconds(30)).Ttl);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private void Add(DnsRecord record, double at) => cache.Add(Link, record, Records.From(), Seconds(at));
}
