using System.Net;
using System.Net.Sockets;
using Kodama.Testing;

namespace Kodama.Discovery.Tests;

/// <summary>Links as interfaces come, change and go: real sockets on the loopback interface, under whatever addresses the test claims for
/// it.</summary>
public sealed class FollowedInterfacesTests : IAsyncDisposable
{
    private static readonly LocalInterface Loopback = LocalInterfaces.List()
        .First(i => i.Addresses.Any(a => a.Address.Equals(IPAddress.Loopback)));

    private readonly FakeClock clock = new();
    private readonly RecordingListener listener = new();
    private readonly MulticastNetwork network;
    private IReadOnlyList<LocalInterface> interfaces = [];

    public FollowedInterfacesTests()
    {
        network = new MulticastNetwork([], MulticastGroup.Port, clock, () => interfaces);
        network.Start(listener);
    }

    public ValueTask DisposeAsync() => network.DisposeAsync();

    [Fact]
    public void Interface_Comes_IsOpenedForEachFamily()
    {
        Look(On("127.0.0.1", "::1"));

        Assert.Equal([AddressFamily.InterNetwork, AddressFamily.InterNetworkV6], listener.Links.Select(l => l.Family));
    }

    [Fact]
    public void Interface_OtherAddresses_AreTold()
    {
        Look(On("127.0.0.1"));
        Look(On("127.0.0.1"));
        Look(On("127.0.0.2"));

        var link = Assert.Single(listener.Links);
        Assert.Equal([$"up {link}", $"changed {link}"], listener.Events);
        Assert.Equal(IPAddress.Parse("127.0.0.2"), link.Interface.Addresses[0].Address);
    }

    [Fact]
    public void Interface_LosesAFamily_LosesItsLink()
    {
        Look(On("127.0.0.1", "::1"));
        Look(On("127.0.0.1"));

        Assert.Equal($"down {listener.Links[1]}", listener.Events.Last(e => !e.StartsWith("changed", StringComparison.Ordinal)));
    }

    [Fact]
    public void Interface_NotUsedOrGone_IsClosedAndOpenedAgain()
    {
        Look(On("127.0.0.1"));
        Look(On("127.0.0.1") with { IsUsed = false });
        Look();
        Look(On("127.0.0.1"));

        Assert.Equal(["up", "down", "up"], listener.Events.Select(e => e.Split(' ')[0]));
    }

    [Fact]
    public void Interface_ThatCannotBeOpened_IsSaidOnceAndTriedAgain()
    {
        var missing = On("127.0.0.1") with { Index = 99_999 };
        Look(missing);
        Look(missing);

        var error = Assert.Single(listener.Errors);
        Assert.Contains(Loopback.Name, error.Message, StringComparison.Ordinal);
        Assert.IsType<SocketException>(error.Exception);
        Look(On("127.0.0.1"));
        Assert.Single(listener.Links);
    }

    private static LocalInterface On(params IEnumerable<string> addresses) =>
        Loopback with { IsUsed = true, Addresses = [.. addresses.Select(a => new LocalAddress(IPAddress.Parse(a), 8))] };

    private void Look(params LocalInterface[] now)
    {
        interfaces = now;
        clock.Advance(TimeSpan.FromSeconds(5));
    }
}
