using System.Net;

namespace Kodama.Server.Tests;

public sealed class AdvertisedPortTests
{
    [Theory]
    [InlineData("http", "127.0.0.1")]
    [InlineData("http", "[::1]")]
    [InlineData("https", "localhost")]
    public void Of_LoopbackOnly_IsNone(string scheme, string host) => Assert.Empty(AdvertisedPort.Of([new(scheme, host, 8080)]));

    [Fact]
    public void Of_SeveralPorts_HasPlainHttpFirst()
    {
        var ports = AdvertisedPort.Of([new("https", "[::]", 8443), new("http", "0.0.0.0", 8080), new("http", "127.0.0.1", 9090)]);

        Assert.Equal([(8080, false), (8443, true)], ports.Select(p => (p.Number, p.IsSecure)));
        Assert.Equal([IPAddress.Any], ports[0].Addresses);
        Assert.Equal([IPAddress.IPv6Any], ports[1].Addresses);
    }

    [Fact]
    public void Of_OnePortOnSeveralAddresses_IsOne()
    {
        var port = Assert.Single(
            AdvertisedPort.Of([new("http", "192.168.1.20", 8080), new("http", "[fd00::1]", 8080), new("http", "127.0.0.1", 8080)]));

        Assert.Equal([IPAddress.Parse("192.168.1.20"), IPAddress.Parse("fd00::1")], port.Addresses);
    }

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("[::]", "::1")]
    [InlineData("*", "::1")]
    [InlineData("192.168.1.20", "192.168.1.20")]
    public void OwnEndPoint_IsWhereThisMachineReachesIt(string host, string own) =>
        Assert.Equal(new IPEndPoint(IPAddress.Parse(own), 8080), Assert.Single(AdvertisedPort.Of([new("http", host, 8080)])).OwnEndPoint);
}
