using System.Net;
using Kodama.Testing;

namespace Kodama.Discovery.Tests;

public class SweepTargetsTests
{
    [Fact]
    public void Parse_NetworkBeyondMaxAddresses_IsAnErrorThatNamesIt()
    {
        var exception = Assert.Throws<ArgumentException>(() =>
            SweepTargets.Parse(new ScanOptions { Subnets = { "192.168.1", "10.0.0.0/8" } }));
        Assert.Contains("\"10.0.0.0/8\" has 16,777,214 addresses", exception.Message, StringComparison.Ordinal);
        Assert.Contains("4,096", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_PortsMultiplyTheAddresses()
    {
        var options = new ScanOptions { Subnets = { "10.1.0.0/21" } };
        Assert.Single(SweepTargets.Parse(options));
        options.Ports.Add(1);
        options.Ports.Add(2);
        options.Ports.Add(3);
        Assert.Contains("3 ports", Assert.Throws<ArgumentException>(() => SweepTargets.Parse(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NamedAsync_OverlappingNotationsAndPorts_AreTriedOnce()
    {
        var subnets = SweepTargets.Parse(new ScanOptions { Subnets = { "10.0.0.1-3", "10.0.0.2", "localhost" } });
        var targets = await SweepTargets.NamedAsync(subnets, [80, 81], default);
        Assert.Equal(6, targets.Count(t => t.HostName is null));
        Assert.Contains(targets, t => t.HostName == "localhost" && t.EndPoint.Equals(new IPEndPoint(IPAddress.Loopback, 81)));
        Assert.Equal(targets.Count, targets.Distinct().Count());
    }

    [Fact]
    public async Task NamedAsync_UnknownHost_IsAnErrorThatNamesIt()
    {
        var subnets = SweepTargets.Parse(new ScanOptions { Subnets = { "no-such-host.invalid" } });
        var exception = await Assert.ThrowsAsync<IOException>(() => SweepTargets.NamedAsync(subnets, [80], default).Within());
        Assert.Contains("no-such-host.invalid", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Own_Networks_BeginWithTheNeighboursOfTheMachine()
    {
        var targets = SweepTargets.Own([Interface("192.168.1.100", 24), Interface("10.0.0.1", 24)], [8080], 4096);
        Assert.Equal(508, targets.Count);
        Assert.Equal(
            ["192.168.1.100", "10.0.0.1", "192.168.1.101", "10.0.0.2", "192.168.1.99"],
            targets.Take(5).Select(t => t.EndPoint.Address.ToString()));
        Assert.Equal(508, targets.Distinct().Count());
    }

    [Theory]
    [InlineData(16, 254)]
    [InlineData(22, 1022)]
    [InlineData(21, 254)]
    [InlineData(32, 1)]
    public void Own_LargeNetwork_IsNarrowedToTheMachinesSurroundings(int prefix, int count) =>
        Assert.Equal(count, SweepTargets.Own([Interface("172.20.9.3", prefix)], [8080], 4096).Count);

    [Fact]
    public void Own_BeyondMaxAddresses_AreLeftOut() => Assert.Equal(100, SweepTargets.Own([Interface("10.0.0.9", 24)], [1, 2], 100).Count);

    [Fact]
    public void Own_UnusedInterfaces_AreNotSwept()
    {
        var targets = SweepTargets.Own([Interface("172.17.0.1", 16) with { IsUsed = false }], [8080], 4096);
        Assert.Equal(IPAddress.Loopback, Assert.Single(targets).EndPoint.Address);
    }

    private static LocalInterface Interface(string address, int prefix) =>
        new("eth0", 2, [new(IPAddress.Parse("fe80::1"), 64), new(IPAddress.Parse(address), prefix)], true, "");
}
