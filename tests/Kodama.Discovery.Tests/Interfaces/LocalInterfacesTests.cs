using System.Net;

namespace Kodama.Discovery.Tests;

public class LocalInterfacesTests
{
    [Fact]
    public void List_Default_LeavesLoopbackOut()
    {
        var loopback = Loopback();

        Assert.False(loopback.IsUsed);
        Assert.Contains("this computer only", loopback.Reason, StringComparison.Ordinal);
        Assert.All(LocalInterfaces.List(), i => Assert.NotEmpty(i.Reason));
    }

    [Fact]
    public void List_NamedByNameOrAddress_IsUsedAndOthersAreNot()
    {
        var loopback = Loopback();
        foreach (var name in (string[])[loopback.Name, "127.0.0.1"])
        {
            Assert.Equal([loopback.Name], LocalInterfaces.List([name]).Where(i => i.IsUsed).Select(i => i.Name));
        }
    }

    [Fact]
    public void List_NameThatIsNotThere_SaysWhatIs()
    {
        var error = Assert.Throws<ArgumentException>(() => LocalInterfaces.List(["nowhere0"]));

        Assert.Contains("\"nowhere0\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_TentativeAddresses_AreFound()
    {
        const string File = """
            fe8000000000000000fc00fffe000001 02 40 20 80     eth0
            fe800000000000000000000000000002 03 40 20 c0    wlan0
            fd000000000000000000000000000003 03 40 00 88    wlan0

            """;

        Assert.Equal([IPAddress.Parse("fe80::2"), IPAddress.Parse("fd00::3")], TentativeAddresses.Parse(File));
    }

    [Theory]
    [InlineData("192.168.5.20", true)]
    [InlineData("192.168.7.255", true)]
    [InlineData("192.168.8.1", false)]
    [InlineData("169.254.9.9", true)]
    [InlineData("fe80::77", true)]
    [InlineData("fd00::1:2", true)]
    [InlineData("2001:db8::1", false)]
    public void IsOnLink_Address_GoesByThePrefixes(string address, bool expected)
    {
        LocalAddress[] own = [new(IPAddress.Parse("192.168.4.1"), 22), new(IPAddress.Parse("fd00::5"), 64)];

        Assert.Equal(expected, new LocalInterface("eth0", 2, own, true, "").IsOnLink(IPAddress.Parse(address)));
    }

    private static LocalInterface Loopback() =>
        LocalInterfaces.List().First(i => i.Addresses.Any(a => a.Address.Equals(IPAddress.Loopback)));
}
