using System.Net;

namespace Kodama.Discovery.Tests;

public class HubTableTests
{
    private readonly HubTable table = new(ScanSettings.Of(new ScanOptions()))
    {
        Interfaces = [new("eth0", 2, [new(IPAddress.Parse("192.168.1.10"), 24)], true, "")],
    };

    private TimeSpan now;

    [Fact]
    public void Answered_Hub_IsFoundOnce()
    {
        Answer("a", "192.168.1.20");
        var hub = Take(HubChangeKind.Found);
        Assert.Equal(("a", "Lounge", FoundBy.Sweep), (hub.Id, hub.Name, hub.FoundBy));
        Assert.Equal("http://192.168.1.20:8080/", hub.Address.AbsoluteUri);
        Answer("a", "192.168.1.20");
        Nothing();
    }

    [Fact]
    public void Answered_WithoutId_IsItsAddress()
    {
        Answer(null, "192.168.1.20");
        Assert.Equal("192.168.1.20:8080", Take(HubChangeKind.Found).Id);
    }

    [Fact]
    public void Heard_SameHub_IsMerged()
    {
        Answer("a", "192.168.1.20");
        Take(HubChangeKind.Found);
        Hear("a", "192.168.1.20");
        Assert.Equal(FoundBy.Any, Take(HubChangeKind.Changed).FoundBy);
        Nothing();
    }

    [Fact]
    public void Addresses_AreOrderedByHowWellTheyAreReached()
    {
        Hear("a", "fe80::7%2", "2001:db8::7", "10.0.0.7", "192.168.1.20");
        Assert.Equal(
            ["http://192.168.1.20:8080/", "http://10.0.0.7:8080/", "http://[2001:db8::7]:8080/", "http://[fe80::7%2]:8080/"],
            Take(HubChangeKind.Found).Addresses.Select(a => a.OriginalString));
    }

    [Fact]
    public void Heard_LinkLocalAddress_KeepsItsScopeForTheClient()
    {
        Hear("a", "fe80::7%2");
        Assert.Equal("fe80::7%2", Take(HubChangeKind.Found).Address.IdnHost);
    }

    [Fact]
    public void Heard_NewDetails_OverrideTheAnswerUntilTheNext()
    {
        Answer("a", "192.168.1.20", ("name", "Lounge"), ("floor", "1"), ("long", "x"));
        Take(HubChangeKind.Found);
        now += TimeSpan.FromSeconds(1);
        Hear(Instance("a", ["192.168.1.20"], ("floor", "2")));
        Assert.Equal(["Lounge", "2", "x"], Take(HubChangeKind.Changed).Details.Values);
        Assert.Equal("a", Assert.Single(table.TakeDue(now)).Key.Id);
        now += TimeSpan.FromSeconds(1);
        Answer("a", "192.168.1.20", ("name", "Lounge"), ("floor", "2"));
        Assert.Equal(["Lounge", "2"], Take(HubChangeKind.Changed).Details.Values);
    }

    [Fact]
    public void TryTake_ReaderThatIsSlow_IsToldTheDifference()
    {
        Answer("a", "192.168.1.20");
        Hear("a", "192.168.1.20");
        Assert.Equal(FoundBy.Any, Take(HubChangeKind.Found).FoundBy);
        Nothing();
        Answer("b", "192.168.1.21");
        Lose("b");
        Nothing();
        Lose("a");
        Hear("a", "192.168.1.20");
        Take(HubChangeKind.Changed);
    }

    [Fact]
    public void Checked_TwoFailures_AreALoss()
    {
        Answer("a", "192.168.1.20");
        Take(HubChangeKind.Found);
        now += TimeSpan.FromSeconds(5);
        table.Checked(Assert.Single(table.TakeDue(now)), [], null, now);
        Nothing();
        Assert.Empty(table.TakeDue(now));
        now += TimeSpan.FromSeconds(2);
        table.Checked(Assert.Single(table.TakeDue(now)), [], null, now);
        Assert.Equal("a", Take(HubChangeKind.Lost).Id);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Checked_AnswerBetweenFailures_BeginsAnew()
    {
        Answer("a", "192.168.1.20");
        Take(HubChangeKind.Found);
        for (var i = 0; i < 5; i++)
        {
            now += TimeSpan.FromSeconds(5);
            table.Checked(Assert.Single(table.TakeDue(now)), [], null, now);
            now += TimeSpan.FromSeconds(2);
            table.Checked(Assert.Single(table.TakeDue(now)), [MakeAnswer("a", "192.168.1.20", ("name", "Lounge"))], null, now);
        }
        Nothing();
    }

    [Fact]
    public void Checked_FailuresButHeardSince_IsStillThere()
    {
        Hear("a", "192.168.1.20");
        Take(HubChangeKind.Found);
        now += TimeSpan.FromSeconds(5);
        table.Checked(table.TakeDue(now)[0], [], TimeSpan.FromSeconds(5), now);
        now += TimeSpan.FromSeconds(2);
        table.Checked(table.TakeDue(now)[0], [], TimeSpan.FromSeconds(1), now);
        Nothing();
        now += TimeSpan.FromSeconds(5);
        table.Checked(table.TakeDue(now)[0], [], TimeSpan.FromSeconds(6), now);
        now += TimeSpan.FromSeconds(2);
        table.Checked(table.TakeDue(now)[0], [], TimeSpan.FromSeconds(8), now);
        Take(HubChangeKind.Lost);
    }

    [Fact]
    public void Checked_AnotherHubAnswers_IsALossAndAFind()
    {
        Answer("a", "192.168.1.20");
        Take(HubChangeKind.Found);
        now += TimeSpan.FromSeconds(5);
        table.Checked(Assert.Single(table.TakeDue(now)), [MakeAnswer("b", "192.168.1.20", ("name", "Lounge"))], null, now);
        Assert.Equal("a", Take(HubChangeKind.Lost).Id);
        Assert.Equal("b", Take(HubChangeKind.Found).Id);
        Nothing();
    }

    [Fact]
    public void Answered_HubThatBeganAnew_ReplacesTheOldOne()
    {
        Answer("a", "192.168.1.20");
        Take(HubChangeKind.Found);
        Answer("b", "192.168.1.20");
        Assert.Equal(["a", "b"], new[] { Take(HubChangeKind.Lost).Id, Take(HubChangeKind.Found).Id }.Order());
    }

    [Fact]
    public void Heard_InstanceThatBeganAnew_ReplacesTheOldOne()
    {
        Hear("a", "192.168.1.20");
        Take(HubChangeKind.Found);
        Hear("b", "192.168.1.20");
        Assert.Equal("a", Take(HubChangeKind.Lost).Id);
        Assert.Equal("b", Take(HubChangeKind.Found).Id);
    }

    [Fact]
    public void Heard_Goodbye_IsLookedIntoShortlyAfter()
    {
        Hear("a", "192.168.1.20");
        Take(HubChangeKind.Found);
        now += TimeSpan.FromSeconds(1);
        Hear(Instance("a", ["192.168.1.20"]) with { IsLeaving = true });
        Assert.Empty(table.TakeDue(now));
        Assert.InRange(table.NextDue() - now, TimeSpan.Zero, TimeSpan.FromMilliseconds(250));
        now = table.NextDue();
        table.Checked(Assert.Single(table.TakeDue(now)), [], TimeSpan.Zero, now);
        Take(HubChangeKind.Lost);
    }

    [Fact]
    public void Heard_GoodbyeOfAHubThatAnswers_IsFoundByTheSweepOnly()
    {
        Answer("a", "192.168.1.20");
        Hear("a", "192.168.1.20");
        Take(HubChangeKind.Found);
        Hear(Instance("a", ["192.168.1.20"]) with { IsLeaving = true });
        now = table.NextDue();
        table.Checked(Assert.Single(table.TakeDue(now)), [MakeAnswer("a", "192.168.1.20", ("name", "Lounge"))], null, now);
        Assert.Equal(FoundBy.Sweep, Take(HubChangeKind.Changed).FoundBy);
    }

    [Fact]
    public void Heard_GoodbyeAndAnotherName_IsAChange()
    {
        Hear("a", "192.168.1.20");
        Take(HubChangeKind.Found);
        Hear(Instance("a", ["192.168.1.20"]) with { IsLeaving = true });
        Hear(Instance("a", ["192.168.1.20"]) with { Name = Records.Instance("Lounge (2)") });
        Assert.Equal("Lounge (2)", Take(HubChangeKind.Changed).Name);
        now += TimeSpan.FromSeconds(1);
        table.Heard(new InstanceChange(Instance("a", ["192.168.1.20"]), IsGone: true), now);
        Nothing();
    }

    [Fact]
    public void Heard_Gone_IsLostIfNothingElseIsKnown()
    {
        Hear("a", "192.168.1.20");
        Take(HubChangeKind.Found);
        table.Heard(new InstanceChange(Instance("a", ["192.168.1.20"]), IsGone: true), now);
        Take(HubChangeKind.Lost);
    }

    [Fact]
    public void Heard_ServiceWithoutId_IsNoHub()
    {
        var printer = Instance("a", ["192.168.1.20"]) with { Text = TxtData.Of([new("txtvers", "1")]) };
        table.Heard(new InstanceChange(printer, false), now);
        table.Heard(new InstanceChange(printer with { IsLeaving = true }, false), now);
        Nothing();
    }

    [Fact]
    public void Answered_FloodOfHubs_IsBounded()
    {
        for (var i = 0; i < 3000; i++) Answer($"hub{i}", "192.168.1.20");
        Assert.Equal(1, table.Count);
        for (var i = 0; i < 3000; i++) Answer($"hub{i}", $"10.0.{i / 250}.{i % 250}");
        Assert.Equal(HubTable.MaxHubs, table.Count);
        var told = 0;
        while (table.TryTake(out _)) told++;
        Assert.Equal(HubTable.MaxHubs, told);
    }

    private static ServiceInstance Instance(string id, string[] addresses, params (string, string)[] details) =>
        new(
            2, Records.Instance(), (SrvData)Records.Srv().Data, (TxtData)Records.Txt(id: id, details: details).Data,
            [.. addresses.Select(IPAddress.Parse)], false);

    private static HubAnswer MakeAnswer(string? id, string address, params (string, string)[] details) =>
        new(
            new SweepTarget(new IPEndPoint(IPAddress.Parse(address), 8080)), id, "/ws", null,
            details.ToDictionary(d => d.Item1, d => d.Item2), TimeSpan.FromMilliseconds(1));

    private void Answer(string? id, string address, params (string, string)[] details) =>
        table.Answered(MakeAnswer(id, address, details.Length > 0 ? details : [("name", "Lounge")]), now);

    private void Hear(string id, params string[] addresses) => Hear(Instance(id, addresses));

    private void Hear(ServiceInstance instance) => table.Heard(new InstanceChange(instance, IsGone: false), now);

    private void Lose(string id)
    {
        now += TimeSpan.FromSeconds(5);
        foreach (var entry in table.TakeDue(now))
            table.Checked(entry, entry.Key.Id == id ? [] : [MakeAnswer(entry.Key.Id, "192.168.1.20", ("name", "Lounge"))], null, now);
        now += TimeSpan.FromSeconds(2);
        foreach (var entry in table.TakeDue(now)) table.Checked(entry, [], null, now);
    }

    private FoundHub Take(HubChangeKind kind)
    {
        Assert.True(table.TryTake(out var change));
        Assert.Equal(kind, change.Kind);
        return change.Hub;
    }

    private void Nothing() => Assert.False(table.TryTake(out var change), change?.ToString());
}
