using System.Text;

namespace Kodama.Discovery.Tests;

public class DnsNameTests
{
    [Fact]
    public void Name_OtherCaseOfAscii_IsEqual()
    {
        var name = DnsName.Parse("_kodama._tcp.local").Prepend("Lounge");

        Assert.Equal(DnsName.Parse("lounge._KODAMA._Tcp.LOCAL"), name);
        Assert.Equal(DnsName.Parse("lounge._KODAMA._Tcp.LOCAL").GetHashCode(), name.GetHashCode());
    }

    [Fact]
    public void Name_OtherCaseBeyondAscii_Differs() => Assert.NotEqual(DnsName.Root.Prepend("CAFÉ"), DnsName.Root.Prepend("café"));

    [Fact]
    public void Name_DotInsideALabel_StaysOneLabel()
    {
        var name = DnsName.Parse("local").Prepend("Dr. Who");

        Assert.Equal("Dr. Who", name.Label);
        Assert.Equal(DnsName.Parse("local"), name.Parent);
        Assert.Equal(@"Dr\. Who.local", name.ToString());
        Assert.NotEqual(DnsName.Parse("Dr. Who.local"), name);
    }

    [Fact]
    public void Prepend_63BytesOfUtf8_Fits()
    {
        var label = string.Concat(Enumerable.Repeat("木", 21));

        Assert.Equal(63, Encoding.UTF8.GetByteCount(label));
        Assert.Equal(label, DnsName.Root.Prepend(label).Label);
        Assert.Throws<ArgumentException>(() => DnsName.Root.Prepend(label + "."));
    }

    [Fact]
    public void Prepend_EmptyOrTooLong_IsRefused()
    {
        var longest = DnsName.Root;
        for (var i = 0; i < 3; i++) longest = longest.Prepend(new string('a', 63));
        longest = longest.Prepend(new string('a', 61));

        Assert.Equal(255, longest.Wire.Length);
        Assert.Throws<ArgumentException>(() => longest.Prepend("a"));
        Assert.Throws<ArgumentException>(() => DnsName.Root.Prepend(""));
        Assert.Throws<ArgumentException>(() => DnsName.Parse("a..b"));
    }

    [Fact]
    public void Root_HasNoLabel()
    {
        Assert.Equal("", DnsName.Root.Label);
        Assert.Same(DnsName.Root, DnsName.Root.Parent);
        Assert.Equal(".", DnsName.Root.ToString());
    }
}
