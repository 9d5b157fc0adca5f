using System.Net;

namespace Kodama.Core.Tests;

public class CapacityTests
{
    [Fact]
    public async Task MaxPeersPerAddress_OneMore_IsRefusedUntilOneHasGone()
    {
        var hub = new Hub(rules: new HubRules().MaxPeersPerAddress(2));
        var address = IPAddress.Parse("192.168.1.2");
        var first = await hub.ComeAsync(address: address);
        await hub.ComeAsync(address: address.MapToIPv6());

        var refused = await hub.TryComeAsync(address: address);
        Assert.Equal("There are 2 peers from 192.168.1.2 already; no more may come.", refused.Refusal.Text);
        await hub.ComeAsync(address: IPAddress.IPv6Loopback);
        for (var i = 0; i < 3; i++) await hub.ComeAsync();

        first.Go();
        await hub.ComeAsync(address: address);
        Assert.False((await hub.TryComeAsync(address: address)).IsAccepted);
    }

    [Fact]
    public async Task MaxPeersPerDetail_OneMore_IsRefusedUntilOneHasGone()
    {
        var hub = new Hub(rules: new HubRules().MaxPeersPerDetail("team", 1, StringComparer.OrdinalIgnoreCase));
        var first = await hub.ComeAsync(details: [("team", "red")]);
        await hub.ComeAsync(details: [("team", "blue")]);

        Assert.Equal(
            "The team \"RED\" is full: at most 1 may be in it.", (await hub.TryComeAsync(details: [("team", "RED")])).Refusal.Text);
        first.Go();
        await hub.ComeAsync(details: [("team", "RED")]);
    }

    [Fact]
    public async Task MaxPeersPerDetail_RacingPeers_NeverMoreThanAllowed()
    {
        var hub = new Hub(rules: new HubRules().MaxPeersPerDetail("team", 3));
        var most = 0;
        var come = () =>
        {
            for (var i = 0; i < 500; i++)
            {
                var admission = hub.TryComeAsync(details: [("team", "red")]).GetAwaiter().GetResult();
                InterlockedMax(ref most, hub.PeerCount);
                if (admission.IsAccepted) hub.Remove(admission.Peer, CloseReason.Normal);
            }
        };

        Race.Run(come, come, come, come, come);

        Assert.InRange(most, 1, 3);
        for (var i = 0; i < 3; i++) await hub.ComeAsync(details: [("team", "red")]);
        Assert.False((await hub.TryComeAsync(details: [("team", "red")])).IsAccepted);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            if (Interlocked.CompareExchange(ref target, value, seen) == seen) return;
        }
    }
}
