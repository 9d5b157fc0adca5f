using Kodama.Client.Connecting;

namespace Kodama.Client.Tests.Connecting;

public sealed class HubAddressTests
{
    [Theory]
    [InlineData("http://192.168.1.20:8080", "ws://192.168.1.20:8080/ws")]
    [InlineData("http://192.168.1.20:8080/", "ws://192.168.1.20:8080/ws")]
    [InlineData("https://hub.example", "wss://hub.example/ws")]
    [InlineData("http://hub.example", "ws://hub.example/ws")]
    [InlineData("ws://host:8080/ws/room", "ws://host:8080/ws/room")]
    [InlineData("wss://host/realtime/ws?a=1#top", "wss://host/realtime/ws?a=1")]
    [InlineData("192.168.1.20:9000", "ws://192.168.1.20:9000/ws")]
    [InlineData("192.168.1.20", "ws://192.168.1.20:8080/ws")]
    [InlineData("192.168.1.20/ws/a", "ws://192.168.1.20:8080/ws/a")]
    [InlineData("lounge-pc:9000", "ws://lounge-pc:9000/ws")]
    [InlineData("localhost", "ws://localhost:8080/ws")]
    [InlineData("lounge.local", "ws://lounge.local:8080/ws")]
    [InlineData("::1", "ws://[::1]:8080/ws")]
    [InlineData("[::1]:9000", "ws://[::1]:9000/ws")]
    public void Address_AsPeopleWriteIt_BecomesTheEndpoint(string text, string endpoint)
    {
        Assert.True(HubAddress.TryParse(text, out var address));

        Assert.Equal(endpoint, HubAddress.Endpoint(address, room: null).WebSocket.AbsoluteUri);
    }

    [Theory]
    [InlineData("Lounge")]
    [InlineData("Developer Lounge")]
    [InlineData("Lounge (2)")]
    [InlineData("Room 1.5")]
    [InlineData("7")]
    [InlineData("Meeting: 9")]
    [InlineData("Lounge:99999")]
    [InlineData("木霊")]
    [InlineData("host/ws")]
    public void Name_AsPeopleChooseThem_IsNoAddress(string name) => Assert.False(HubAddress.TryParse(name, out _));

    [Theory]
    [InlineData("ftp://host")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://")]
    [InlineData("ws://host:99999")]
    [InlineData("localhost:99999")]
    [InlineData("192.168.1.20:0")]
    public void Address_ThatCanBeNoHubs_IsRefusedWithItself(string text)
    {
        var refused = Assert.Throws<ArgumentException>(() => KodamaClient.Create(text));
        Assert.Contains(text, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://host:1/?token=s3cret", "http://host:1/", "s3cret")]
    [InlineData("http://host:1?token=s3cret", "http://host:1/", "s3cret")]
    [InlineData("ws://host:1/ws/a?name=b&token=a%2Bb%26c&floor=2#x", "ws://host:1/ws/a?name=b&floor=2", "a+b&c")]
    [InlineData("ws://host:1/ws?token=", "ws://host:1/ws", null)]
    [InlineData("ws://host:1/ws?token=1&token=2", "ws://host:1/ws", "1")]
    [InlineData("ws://host:1/ws?tokens=1", "ws://host:1/ws?tokens=1", null)]
    [InlineData("ws://[fe80::1%25eth0]:1/ws?token=1", "ws://[fe80::1%25eth0]:1/ws", "1")]
    [InlineData("ws://host:1/ws", "ws://host:1/ws", null)]
    public void Address_WithAToken_GivesItAway(string text, string address, string? token)
    {
        var lifted = HubAddress.LiftToken(new Uri(text));

        Assert.Equal((new Uri(address), token), lifted);
        Assert.Equal(new Uri(address).DnsSafeHost, lifted.Address.DnsSafeHost);
    }

    [Fact]
    public void Address_WithATokenThatNoHeaderTakes_IsRefusedInWords()
    {
        var refused = Assert.Throws<ArgumentException>(() => KodamaClient.Create("http://host:1/?token=open+sesame"));

        Assert.Equal("Token goes into an HTTP header: take printable ASCII without spaces.", refused.Message);
    }

    [Fact]
    public void Endpoint_Room_FollowsThePathEscaped()
    {
        var endpoint = HubAddress.Endpoint(new Uri("http://host:1/"), "a/b ?#%", "/realtime/ws");

        Assert.Equal("ws://host:1/realtime/ws/a%2Fb%20%3F%23%25", endpoint.WebSocket.AbsoluteUri);
    }

    [Fact]
    public void Endpoint_PathOfAHostileHub_StaysAPathOfThatHost()
    {
        var endpoint = HubAddress.Endpoint(new Uri("http://10.0.0.1:80/"), null, "/@evil.example/?token=1#x");

        Assert.Equal("10.0.0.1", endpoint.WebSocket.Host);
        Assert.Equal("", endpoint.WebSocket.Query + endpoint.WebSocket.Fragment);
    }

    [Fact]
    public void Endpoint_PathWithoutASlash_IsNoPartOfThePort() =>
        Assert.Equal(
            "ws://10.0.0.1:80/80",
            HubAddress.Endpoint(new Uri("http://10.0.0.1:80/"), null, "80").WebSocket.ToString()
                .Replace("10.0.0.1/", "10.0.0.1:80/", StringComparison.Ordinal));

    [Fact]
    public void FoundHub_WithoutAnAddress_IsRefused() =>
        Assert.Throws<ArgumentException>(() => KodamaClient.Create(new Discovery.FoundHub { Id = "1", Name = "Lounge", Addresses = [] }));

    [Fact]
    public void Endpoint_LinkLocalAddress_KeepsItsScope()
    {
        var endpoint = HubAddress.Endpoint(new Uri("http://[fe80::1%25eth0]:8080/"), null);

        Assert.Equal("fe80::1%eth0", endpoint.WebSocket.DnsSafeHost);
    }

    [Theory]
    [InlineData("ws://10.1.2.3", true)]
    [InlineData("ws://172.31.0.1", true)]
    [InlineData("ws://172.32.0.1", false)]
    [InlineData("ws://192.168.1.1", true)]
    [InlineData("ws://169.254.3.4", true)]
    [InlineData("ws://127.0.0.1", true)]
    [InlineData("ws://[::1]", true)]
    [InlineData("ws://[fe80::1%25eth0]", true)]
    [InlineData("ws://[fd00::1]", true)]
    [InlineData("ws://[2001:db8::1]", false)]
    [InlineData("ws://8.8.8.8", false)]
    [InlineData("ws://lounge", true)]
    [InlineData("ws://lounge.local", true)]
    [InlineData("ws://hub.example", false)]
    public void LanHost_IsWhatNoProxyLeadsTo(string address, bool expected) => Assert.Equal(expected, LanHost.IsLan(new Uri(address)));
}
