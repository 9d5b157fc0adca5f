using Kodama.Cli.Hubs;

namespace Kodama.Cli.Tests.Hubs;

public sealed class HubPlaceTests
{
    [Fact]
    public void TryParse_LinkThatServePrints_IsPlaceAndToken()
    {
        var place = HubPlace.TryParse("http://192.168.1.20:8080/?token=open-sesame%21");

        Assert.Equal((new Uri("http://192.168.1.20:8080/"), "open-sesame!"), (place?.Base, place?.Token));
    }

    [Fact]
    public void Socket_OfALinkLocalAddress_KeepsItsScope()
    {
        var socket = HubPlace.TryParse("https://[fe80::1%7]:8443/realtime/ws")!.Socket("tea room");

        Assert.Equal(
            ("https", "fe80::1%7", 8443, "/realtime/ws/tea%20room"), (socket.Scheme, socket.DnsSafeHost, socket.Port, socket.AbsolutePath));
    }

    [Fact]
    public void TryParse_Name_IsNone() => Assert.Null(HubPlace.TryParse("Lounge"));
}
