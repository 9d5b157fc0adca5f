using System.Net;

namespace Kodama.Discovery.Tests;

public class SubnetTests
{
    [Theory]
    [InlineData("192.168.1", "192.168.1.1", "192.168.1.254", 254)]
    [InlineData("192.168.1.0/24", "192.168.1.1", "192.168.1.254", 254)]
    [InlineData(" 192.168.1.77/24 ", "192.168.1.1", "192.168.1.254", 254)]
    [InlineData("10.1.2.0/23", "10.1.2.1", "10.1.3.254", 510)]
    [InlineData("10.1.2.4/30", "10.1.2.5", "10.1.2.6", 2)]
    [InlineData("10.1.2.4/31", "10.1.2.4", "10.1.2.5", 2)]
    [InlineData("10.1.2.4/32", "10.1.2.4", "10.1.2.4", 1)]
    [InlineData("192.168.1.10-192.168.2.3", "192.168.1.10", "192.168.2.3", 250)]
    [InlineData("192.168.1.10-50", "192.168.1.10", "192.168.1.50", 41)]
    [InlineData("192.168.1.10-10", "192.168.1.10", "192.168.1.10", 1)]
    [InlineData("192.168.1.7", "192.168.1.7", "192.168.1.7", 1)]
    [InlineData("255.255.255.250-255", "255.255.255.250", "255.255.255.255", 6)]
    [InlineData("[::1]", "::1", "::1", 1)]
    [InlineData("2001:db8::7", "2001:db8::7", "2001:db8::7", 1)]
    [InlineData("[fe80::1%1]", "fe80::1%1", "fe80::1%1", 1)]
    [InlineData("[fe80::1%lo]", "fe80::1%1", "fe80::1%1", 1)]
    public void TryParse_Notation_NamesItsAddresses(string text, string first, string last, int count)
    {
        Assert.True(Subnet.TryParse(text, out var subnet, out var error), error);
        Assert.Equal(count, subnet.Count);
        var addresses = subnet.Addresses().ToList();
        Assert.Equal(count, addresses.Count);
        Assert.Equal(IPAddress.Parse(first), addresses[0]);
        Assert.Equal(IPAddress.Parse(last), addresses[^1]);
    }

    [Theory]
    [InlineData("0.0.0.0/0", 4_294_967_294)]
    [InlineData("10.0.0.0/8", 16_777_214)]
    [InlineData("0.0.0.0-255.255.255.255", 4_294_967_296)]
    public void Count_LargeNetwork_IsKnownWithoutEnumeration(string text, long count)
    {
        Assert.True(Subnet.TryParse(text, out var subnet, out _));
        Assert.Equal(count, subnet.Count);
        Assert.Equal(3, subnet.Addresses().Take(3).Count());
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("hub-2.example.org")]
    [InlineData("büro.local.")]
    public void TryParse_HostName_IsLookedUpLater(string text)
    {
        Assert.True(Subnet.TryParse(text, out var subnet, out _));
        Assert.Equal(text, subnet.HostName);
        Assert.Equal(1, subnet.Count);
        Assert.Empty(subnet.Addresses());
    }

    [Theory]
    [InlineData(null, "empty")]
    [InlineData("  ", "empty")]
    [InlineData("192.168", "four numbers")]
    [InlineData("192.168.1.1.1", "has 5")]
    [InlineData("192.168.1.256", "\"256\" is not 0 to 255")]
    [InlineData("192.168.1.010", "\"010\"")]
    [InlineData("192.168..1", "\"\"")]
    [InlineData("192.168.1.0/33", "\"33\" is not 0 to 32")]
    [InlineData("192.168.1.0/", "prefix length")]
    [InlineData("192.168.1.0/-1", "prefix length")]
    [InlineData("lounge/24", "\"lounge\"")]
    [InlineData("192.168.1.50-10", "ends before")]
    [InlineData("192.168.1.50-192.168.1.300", "\"300\"")]
    [InlineData("192.168.1.50-192.168.1.60-70", "is not 0 to 255")]
    [InlineData("192.168.1.7:8080", "port")]
    [InlineData("http://192.168.1.7/", "URL")]
    [InlineData("fe80::1", "interface")]
    [InlineData("[192.168.1.7]", "no IPv6 address")]
    [InlineData("[::1", "no IPv6 address")]
    [InlineData("2001:db8::/64", "too many addresses")]
    [InlineData("two words", "neither an address nor a host name")]
    [InlineData("a..b", "neither")]
    public void TryParse_AnythingElse_IsAnErrorThatSaysWhatToWrite(string? text, string reason)
    {
        Assert.False(Subnet.TryParse(text, out var subnet, out var error));
        Assert.Null(subnet);
        Assert.Contains($"\"{text}\"", error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Contains("192.168.1.0/24", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_OfAnyNetwork_AreDistinctWithinItAndAsManyAsCounted()
    {
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
        {
            var address = new IPAddress(random.NextInt64(1L << 32));
            var prefix = random.Next(20, 33);
            Assert.True(Subnet.TryParse($"{address}/{prefix}", out var subnet, out _));
            var network = new IPNetwork(new IPAddress(BitConverter.GetBytes(Masked(address, prefix)).Reverse().ToArray()), prefix);
            var all = subnet.Addresses().ToList();
            Assert.Equal(subnet.Count, all.Distinct().Count());
            Assert.Equal(prefix >= 31 ? 1 << (32 - prefix) : (1 << (32 - prefix)) - 2, all.Count);
            Assert.All(all, a => Assert.True(network.Contains(a)));
        }

        static uint Masked(IPAddress address, int prefix) => Subnet.ToNumber(address) & (uint.MaxValue << (32 - prefix));
    }

    [Fact]
    public void TryParse_AnyText_NeverThrows()
    {
        var random = new Random(5);
        const string Characters = "0123456789./-:[]%ab ü";
        for (var i = 0; i < 100_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => Characters[random.Next(Characters.Length)]));
            Assert.NotEqual(Subnet.TryParse(text, out _, out var error), error is not null);
        }
    }
}
