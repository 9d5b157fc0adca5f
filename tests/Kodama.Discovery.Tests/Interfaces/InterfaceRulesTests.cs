using System.Net.NetworkInformation;

namespace Kodama.Discovery.Tests;

public class InterfaceRulesTests
{
    [Theory]
    [InlineData("eth0")]
    [InlineData("enp3s0")]
    [InlineData("wlan0")]
    [InlineData("Wi-Fi")]
    [InlineData("br-lan")]
    [InlineData("br0")]
    [InlineData("br-guest-wlan-5")]
    [InlineData("vEthernet (External)")]
    [InlineData("Greenhouse")]
    public void WhyLeftOut_NetworkOfPeople_IsUsed(string name) =>
        Assert.Null(InterfaceRules.WhyLeftOut(name, name, NetworkInterfaceType.Ethernet, multicast: true));

    [Theory]
    [InlineData("docker0", "containers")]
    [InlineData("br-0a1b2c3d4e5f", "containers")]
    [InlineData("veth12ab", "containers")]
    [InlineData("cali0a1b2c3d4e5", "containers")]
    [InlineData("virbr0", "containers")]
    [InlineData("vEthernet (WSL (Hyper-V firewall))", "containers")]
    [InlineData("wg0", "VPN")]
    [InlineData("utun3", "VPN")]
    [InlineData("ztabcdefgh", "VPN")]
    [InlineData("Tailscale", "VPN")]
    [InlineData("rmnet_data0", "mobile")]
    [InlineData("awdl0", "Apple")]
    public void WhyLeftOut_NetworkOfMachines_SaysWhich(string name, string expected) =>
        Assert.Contains(
            expected, InterfaceRules.WhyLeftOut(name, name, NetworkInterfaceType.Ethernet, multicast: true), StringComparison.Ordinal);

    [Fact]
    public void WhyLeftOut_ByWhatItIs_SaysSo()
    {
        Assert.Contains(
            "this computer only", InterfaceRules.WhyLeftOut("lo", "lo", NetworkInterfaceType.Loopback, true), StringComparison.Ordinal);
        Assert.Contains(
            "VPN",
            InterfaceRules.WhyLeftOut("Office", "Wintun Userspace Tunnel", NetworkInterfaceType.Ethernet, true),
            StringComparison.Ordinal);
        Assert.Contains("VPN", InterfaceRules.WhyLeftOut("x0", "x0", NetworkInterfaceType.Ppp, true), StringComparison.Ordinal);
        Assert.Contains(
            "multicast", InterfaceRules.WhyLeftOut("eth0", "eth0", NetworkInterfaceType.Ethernet, false), StringComparison.Ordinal);
    }
}
