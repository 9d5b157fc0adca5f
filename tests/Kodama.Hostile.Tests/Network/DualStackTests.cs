namespace Kodama.Hostile.Tests.Network;

/// <summary>A hub that listens on <c>::</c>, and so hears IPv4 in IPv6's clothes: a rule for an address must hold for both.</summary>
public sealed class DualStackTests(DualStackTests.DualSiege siege) : IClassFixture<DualStackTests.DualSiege>
{
    [Fact]
    public Task Address_OfIpv4_IsOneOfIpv4() => siege.WithstandsAsync(async () => Assert.Equal("127.0.0.1", await OfAsync("127.0.0.1")));

    [Fact]
    public Task Address_OfMappedIpv4_IsOneOfIpv4() =>
        siege.WithstandsAsync(async () => Assert.Equal("127.0.0.1", await OfAsync("[::ffff:127.0.0.1]")));

    [Fact]
    public Task Address_OfIpv6_IsOneOfIpv6() => siege.WithstandsAsync(async () => Assert.Equal("::1", await OfAsync("[::1]")));

    [Fact]
    public Task SilentConnections_OfBothFamilies() => siege.WithstandsAsync(async () =>
    {
        var ipv6 = new UriBuilder(siege.Hub) { Host = "[::1]" }.Uri;
        await using var four = await Crowd.GatherAsync(250, () => siege.ConnectAsync());
        await using var six = await Crowd.GatherAsync(250, () => Testing.RawClient.ConnectAsync(ipv6));
        Assert.Equal(500, four.Count + six.Count);
    });

    private Task<string> OfAsync(string host) => PeerAddress.OfNewAsync(siege, new UriBuilder(siege.Hub) { Host = host }.Uri);

    public sealed class DualSiege : Siege
    {
        private protected override async Task<IRunningHub> StartAsync() => await HubProcess.StartAsync([], host: "::");
    }
}
