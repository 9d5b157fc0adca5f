using System.Net;
using Kodama.Cli.Doctor;
using Kodama.Cli.Hubs;
using Kodama.Discovery;

namespace Kodama.Cli.Tests.Doctor;

/// <summary>What the checks make of what they see, where the machine of the tests cannot be made to look so.</summary>
public sealed class JudgementTests
{
    [Fact]
    public void Interfaces_NoneUsed_IsBad()
    {
        var findings = InterfaceCheck.Run([new("lo", 1, [new(IPAddress.Loopback, 8)], false, "it leads to this computer only")]).ToList();

        Assert.Equal([Verdict.Note, Verdict.Bad], findings.Select(f => f.Verdict));
        Assert.Equal("lo is not used: it leads to this computer only (127.0.0.1/8).", findings[0].Text);
    }

    [Fact]
    public void Multicast_NotHeardBack_IsBadAndNamesFirewall()
    {
        var finding = Assert.Single(MulticastCheck.Judge("eth0, IPv4", new(ComesBack: false, AnswersHere: false, [], Failure: null), []));

        Assert.Equal(Verdict.Bad, finding.Verdict);
        Assert.Contains("5353", finding.Next, StringComparison.Ordinal);
    }

    [Fact]
    public void Multicast_PortHeldByAnother_NamesHowToFindIt()
    {
        var finding = Assert.Single(
            MulticastCheck.Judge("eth0, IPv4", new(false, false, [], "Address already in use"), ["dnsd (process 7)"]));

        Assert.Equal(Verdict.Bad, finding.Verdict);
        Assert.Contains("Address already in use", finding.Text, StringComparison.Ordinal);
        Assert.Contains("held by dnsd (process 7)", finding.Next, StringComparison.Ordinal);
    }

    [Fact]
    public void Multicast_OthersHeard_NamesThem()
    {
        var others = Enumerable.Range(1, 7).Select(i => IPAddress.Parse($"192.168.1.{i}")).ToList();

        var findings = MulticastCheck.Judge("eth0, IPv4", new(true, true, others, null), ["avahi-daemon (process 12)"]).ToList();

        Assert.All(findings, f => Assert.Equal(Verdict.Good, f.Verdict));
        Assert.Contains("avahi-daemon (process 12)", findings[1].Text, StringComparison.Ordinal);
        Assert.Contains("192.168.1.5 and 2 more", findings[2].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ENABLED=yes\nLOGLEVEL=low", false, null, "ufw allow 9000/tcp")]
    [InlineData("ENABLED=no", true, null, "--add-port=9000/tcp")]
    [InlineData(
        null, false, "table inet filter {\n chain input {\n  type filter hook input priority filter; policy drop;\n }\n}",
        "nft list ruleset")]
    public void LinuxFirewall_On_SaysHowToOpenThePort(string? ufw, bool firewalld, string? rules, string next)
    {
        var finding = Assert.Single(LinuxFirewall.Judge(ufw, firewalld, rules, [9000]));

        Assert.Equal(Verdict.Note, finding.Verdict);
        Assert.Contains(next, finding.Next, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("ENABLED=no", "table inet filter {\n chain input {\n  type filter hook input priority filter; policy accept;\n }\n}")]
    public void LinuxFirewall_Off_SaysNothing(string? ufw, string? rules) => Assert.Empty(LinuxFirewall.Judge(ufw, false, rules, [9000]));

    [Theory]
    [InlineData("Public Profile Settings:\nState                                 ON", "Private network")]
    [InlineData("Private Profile Settings:\nState                                 ON", "New-NetFirewallRule")]
    public void WindowsFirewall_On_SaysHowToOpenThePort(string profile, string next) =>
        Assert.Contains(next, Assert.Single(WindowsFirewall.Judge(profile, [9000])).Next, StringComparison.Ordinal);

    [Fact]
    public void WindowsFirewall_Off_SaysNothing() =>
        Assert.Empty(WindowsFirewall.Judge("Private Profile Settings:\nState                                 OFF", [9000]));

    [Theory]
    [InlineData(0.5, "Good", "ahead of")]
    [InlineData(-0.5, "Good", "behind")]
    [InlineData(90, "Note", "90.0 s ahead of")]
    [InlineData(-90, "Note", "90.0 s behind")]
    public void Clock_Apart_IsTold(double seconds, string verdict, string said)
    {
        var finding = HubCheck.Clock(TimeSpan.FromSeconds(seconds), TimeSpan.FromMilliseconds(4));

        Assert.Equal(verdict, finding.Verdict.ToString());
        Assert.Contains(said, finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Named_OneOfTheName_IsIt() => Assert.Equal(
        new Uri("http://10.0.0.2:8080/"),
        HubSearch.Named([Hub("1", "Office", "10.0.0.1"), Hub("2", "Lounge", "10.0.0.2")], "lounge").Place?.Base);

    [Fact]
    public void Named_SeveralOfTheName_IsNoneAndSaysWhich()
    {
        var (place, wrong) = HubSearch.Named([Hub("1", "Lounge", "10.0.0.1"), Hub("2", "Lounge", "10.0.0.2")], "Lounge");

        Assert.Null(place);
        Assert.Contains("http://10.0.0.1:8080, http://10.0.0.2:8080", wrong?.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, "Note")]
    [InlineData(true, false, "Note")]
    [InlineData(false, true, "Good")]
    public void Isolation_IsExplainedUntilAnotherMachineIsReached(bool heard, bool reached, string verdict) =>
        Assert.Equal(verdict, IsolationHint.Of(heard, reached).Verdict.ToString());

    private static FoundHub Hub(string id, string name, string address) =>
        new() { Id = id, Name = name, Addresses = [new Uri($"http://{address}:8080/")] };

    [Fact]
    public void Ports_AreThoseOfHubsThatAreAskedOrFound()
    {
        var options = new DoctorOptions(null, null, null, null, [], TimeSpan.FromSeconds(1));
        var asked = HubPlace.TryParse("http://192.168.1.20:20010");
        FoundHub found = new() { Id = "1", Name = "Lounge", Addresses = [new Uri("http://192.168.1.20:20011/")] };

        Assert.Equal([20010, 20011], HubSearch.Ports(options, asked, [found]));
        Assert.Equal([8080], HubSearch.Ports(options, null, []));
        Assert.Equal([80], HubSearch.Ports(options with { Port = 80 }, asked, [found]));
        Assert.Contains(
            "--add-port=20010/tcp --add-port=20011/tcp --add-service=mdns",
            Assert.Single(LinuxFirewall.Judge(null, true, null, [20010, 20011])).Next, StringComparison.Ordinal);
    }
}
