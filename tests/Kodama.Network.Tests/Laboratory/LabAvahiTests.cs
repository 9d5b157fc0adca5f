using Kodama.Network.Lab;
using Kodama.Network.Lab.Avahi;

namespace Kodama.Network.Tests.Laboratory;

/// <summary>Two hosts with avahi find each other, so that what avahi says of ours counts.</summary>
public sealed class LabAvahiTests
{
    [Fact]
    public async Task Avahi_OnTwoHosts_SeeEachOther()
    {
        await using var lab = await Labs.CreateAsync();
        var one = await lab.AddHostAsync("one", Addresses.IPv4);
        await using var first = await LabAvahi.StartAsync(one);
        await using var second = await LabAvahi.StartAsync(await lab.AddHostAsync("two"));

        var (_, established) = await first.PublishAsync("Printer", "_ipp._tcp", 631, "paper=A4");
        await using var browsing = second.Browse("_ipp._tcp");
        var found = await browsing.LineAsync(line => line.StartsWith('=') && line.Contains("IPv4", StringComparison.Ordinal));

        Assert.Contains("'Printer'", established, StringComparison.Ordinal);
        Assert.Equal($"=;eth0;IPv4;Printer;_ipp._tcp;local;one.local;{one.Port.Address};631;\"paper=A4\"", found);
        Assert.EndsWith($"{one.Port.Address}", await second.ResolveAsync("one.local"), StringComparison.Ordinal);
        await first.StopAsync();
        await browsing.LineAsync(line => line.StartsWith('-'));
    }
}
