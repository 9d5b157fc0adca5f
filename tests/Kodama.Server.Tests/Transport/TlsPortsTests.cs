using System.Net;

namespace Kodama.Server.Tests;

/// <summary>Which endpoints have TLS: those that were told, and no other of the same port.</summary>
public sealed class TlsPortsTests
{
    private static readonly IPEndPoint Four = new(IPAddress.Loopback, 5001);
    private static readonly IPEndPoint Six = new(IPAddress.IPv6Loopback, 5001);

    private readonly TransportTls tls = new(_ => throw new NotSupportedException());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Find_TheOtherLoopback_IsTlsOnlyOfLocalhost(bool isLocalhost)
    {
        var ports = new TlsPorts();
        ports.Add(Four, isLocalhost, tls);

        Assert.Same(tls, ports.Find(Four));
        Assert.Equal(isLocalhost, ports.Find(Six) is not null);
        Assert.Null(ports.Find(new IPEndPoint(IPAddress.Loopback, 5002)));
    }

    [Fact]
    public void Has_AnotherAddressOfThePort_IsPlain()
    {
        var ports = new TlsPorts();
        ports.Bound(Four);

        Assert.True(ports.Has(IPAddress.Loopback, 5001));
        Assert.True(ports.Has(null, 5001));
        Assert.False(ports.Has(IPAddress.IPv6Loopback, 5001));
        Assert.False(ports.Has(IPAddress.Parse("192.168.1.20"), 5001));
        Assert.True(ports.Has(5001));
    }

    [Fact]
    public void Has_AWildcard_OfEitherFamily()
    {
        var ports = new TlsPorts();
        ports.Bound(new IPEndPoint(IPAddress.Any, 5001));

        Assert.True(ports.Has(IPAddress.Any, 5001));
        Assert.True(ports.Has(IPAddress.IPv6Any, 5001));
    }
}
