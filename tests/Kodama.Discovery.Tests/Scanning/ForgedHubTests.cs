using System.Net;

namespace Kodama.Discovery.Tests;

/// <summary>What a neighbour can do to the hubs of others by saying things about them: everything that they say of themselves can be read
/// and repeated.</summary>
public class ForgedHubTests
{
    private const string Mine = "192.168.1.20";
    private const string Forged = "192.168.1.11";

    private static readonly string Certificate = new('a', 64);

    private readonly HubTable table = new(ScanSettings.Of(new ScanOptions()))
    {
        Interfaces = [new("eth0", 2, [new(IPAddress.Parse("192.168.1.10"), 24)], true, "")],
    };

    private TimeSpan now;

    [Fact]
    public void Heard_SameIdWithoutTheCertificate_IsAnotherHub()
    {
        Hear("Lounge", "id1", Certificate, Mine);
        Hear("Evil", "id1", null, Forged);
        var hubs = Hubs();
        var real = Assert.Single(hubs, h => h.CertificateFingerprint == Certificate);
        Assert.Equal(("Lounge", $"https://{Mine}:8080/"), (real.Name, Assert.Single(real.Addresses).AbsoluteUri));
        Assert.Equal(
            $"http://{Forged}:8080/", Assert.Single(Assert.Single(hubs, h => h.CertificateFingerprint is null).Addresses).AbsoluteUri);
    }

    [Fact]
    public void Heard_HubOfBothSchemes_HasItsAddressesByScheme()
    {
        Hear("Lounge", "id1", null, Mine);
        Hear("Lounge [2]", "id1", Certificate, Mine);
        Answer("id1", Mine);
        Assert.All(Hubs(), h => Assert.All(h.Addresses, a => Assert.Equal(h.CertificateFingerprint is null ? "http" : "https", a.Scheme)));
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void Heard_SameIdAndCertificate_TakesNeitherNameNorFirstPlace()
    {
        Hear("Lounge", "id1", null, Mine);
        Answer("id1", Mine, []);
        Hear("Evil", "id1", null, Forged);
        var hub = Assert.Single(Hubs());
        Assert.Equal(("Lounge", $"http://{Mine}:8080/"), (hub.Name, hub.Address.AbsoluteUri));
    }

    [Fact]
    public void Checked_AnotherAnswersWhereItIsSaidToBe_DiscardsThatAddressOnly()
    {
        Answer("id1", Mine);
        Hear("x", "id1", null, Forged);
        Hubs();
        now += TimeSpan.FromSeconds(5);
        table.Checked(Assert.Single(table.TakeDue(now)), [MakeAnswer("other", Forged), MakeAnswer("id1", Mine)], null, now);
        var hubs = Hubs();
        Assert.Equal($"http://{Mine}:8080/", Assert.Single(Assert.Single(hubs, h => h.Id == "id1").Addresses).AbsoluteUri);
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void Checked_AnotherAnswersAndItDoesNot_IsAskedOnceMoreBeforeItIsLost()
    {
        Answer("id1", Mine);
        Hear("x", "id1", null, Forged);
        now += TimeSpan.FromSeconds(5);
        table.Checked(Assert.Single(table.TakeDue(now)), [MakeAnswer("other", Forged)], null, now);
        Assert.Contains(Hubs(), h => h.Id == "id1");
        now += TimeSpan.FromSeconds(2);
        table.Checked(Assert.Single(table.TakeDue(now)), [MakeAnswer("id1", Mine)], null, now);
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void CheckTargets_AddressesBeyondTheLink_AreNotAsked()
    {
        Hear("x", "id1", null, "203.0.113.9", "2001:db8::9", Mine);
        Assert.Equal([Mine], Assert.Single(Due()).CheckTargets(table.Interfaces).Select(t => t.EndPoint.Address.ToString()));
    }

    [Fact]
    public void TakeDue_TextThatChangesAllTheTime_IsNoMoreThanACheckASecond()
    {
        Answer("id1", Mine);
        var checks = 0;
        for (; now < TimeSpan.FromSeconds(3); now += TimeSpan.FromMilliseconds(2))
        {
            Hear("Lounge", "id1", null, [Mine], ("n", $"{now}"));
            foreach (var entry in table.TakeDue(now))
            {
                checks++;
                table.Checked(entry, [MakeAnswer("id1", Mine)], null, now);
            }
        }
        Assert.Equal(3, checks);
    }

    [Fact]
    public void TakeDue_ManyHubs_AreCheckedAFewASecond()
    {
        for (var i = 0; i < 1000; i++) Hear($"Hub {i}", $"id{i}", null, Mine);
        now += TimeSpan.FromSeconds(5);
        Assert.Equal(256, table.TakeDue(now).Count);
        Assert.Empty(table.TakeDue(now));
        now = table.NextDue();
        Assert.Equal(256, table.TakeDue(now).Count);
    }

    [Fact]
    public void Answered_TableFullOfHubsThatWereOnlyHeardOf_MakesRoom()
    {
        for (var i = 0; i < HubTable.MaxHubs; i++) Hear($"Hub {i}", $"f{i}", null, Forged);
        Answer("real", Mine);
        Assert.Contains(Hubs(), h => h.Id == "real");
        Assert.Equal(HubTable.MaxHubs, table.Count);
    }

    [Fact]
    public void Heard_ManyInstancesOfOneId_AreBounded()
    {
        for (var i = 0; i < 500; i++) Hear($"Hub {i}", "id1", null, [.. Enumerable.Range(1, 8).Select(n => $"10.{i / 250}.{i % 250}.{n}")]);
        Assert.Equal(64, Assert.Single(Hubs()).Addresses.Count);
    }

    private static HubAnswer MakeAnswer(string id, string address, Dictionary<string, string>? details = null) =>
        new(
            new SweepTarget(new IPEndPoint(IPAddress.Parse(address), 8080)), id, "/ws", null,
            details ?? new() { ["name"] = "Lounge" }, TimeSpan.FromMilliseconds(1));

    private void Answer(string id, string address, Dictionary<string, string>? details = null) =>
        table.Answered(MakeAnswer(id, address, details), now);

    private void Hear(string name, string id, string? fingerprint, params string[] addresses) => Hear(name, id, fingerprint, addresses, []);

    private void Hear(string name, string id, string? fingerprint, string[] addresses, params (string, string)[] details)
    {
        var text = (TxtData)Records.Txt(name, id: id, fingerprint: fingerprint, details: details).Data;
        var instance = new ServiceInstance(
            2, Records.Instance(name), (SrvData)Records.Srv(name).Data, text, [.. addresses.Select(IPAddress.Parse)],
            IsLeaving: false);
        table.Heard(new InstanceChange(instance, IsGone: false), now);
    }

    private IReadOnlyList<HubEntry> Due()
    {
        now += TimeSpan.FromSeconds(5);
        return table.TakeDue(now);
    }

    // As they were told last.
    private List<FoundHub> Hubs()
    {
        var hubs = new List<FoundHub>();
        while (table.TryTake(out var change)) hubs.Add(change.Hub);
        return hubs;
    }
}
