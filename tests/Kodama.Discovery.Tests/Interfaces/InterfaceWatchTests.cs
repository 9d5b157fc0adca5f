using System.Net;
using Kodama.Testing;

namespace Kodama.Discovery.Tests;

public class InterfaceWatchTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly FakeClock clock = new();
    private readonly List<DiscoveryError> errors = [];
    private Func<IReadOnlyList<LocalInterface>> list = () => [Interface("192.168.1.10")];

    [Fact]
    public void HasChanged_OtherAddressesOrSleep_AreAChange()
    {
        var watch = Watch();
        Assert.False(After(watch, Interval));
        list = () => [Interface("192.168.1.11")];
        Assert.True(After(watch, Interval));
        Assert.False(After(watch, Interval));
        Assert.True(After(watch, TimeSpan.FromMinutes(10)));
    }

    [Fact]
    public void Look_ListingFails_KeepsWhatWasKnownAndSaysSo()
    {
        var watch = Watch();
        list = () => throw new System.Net.NetworkInformation.NetworkInformationException();
        Assert.Single(watch.Look());
        Assert.False(After(watch, Interval));
        Assert.Equal(2, errors.Count);
    }

    private static LocalInterface Interface(string address) => new("eth0", 2, [new(IPAddress.Parse(address), 24)], true, "");

    private InterfaceWatch Watch()
    {
        var watch = new InterfaceWatch(() => list(), errors.Add, clock);
        watch.Look();
        return watch;
    }

    private bool After(InterfaceWatch watch, TimeSpan time)
    {
        clock.Advance(time);
        return watch.HasChanged(Interval);
    }
}
