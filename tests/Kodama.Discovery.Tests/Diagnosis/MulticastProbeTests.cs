using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery.Tests.Diagnosis;

public sealed class MulticastProbeTests
{
    [Fact]
    public async Task Run_OnAnInterfaceThatWorks_HearsItselfAndTheAdvertiserBesideIt()
    {
        var local = LocalInterfaces.List()
            .FirstOrDefault(i => i.IsUsed && i.Addresses.Any(a => a.Address.AddressFamily == AddressFamily.InterNetwork));
        Assert.SkipWhen(local is null, "This machine has no network with IPv4.");
        await using var advertiser = await Advertiser.StartAsync(
            new Advertisement { Name = $"Probe {Guid.NewGuid():N}", Port = 9 }, cancellationToken: TestContext.Current.CancellationToken);
        await advertiser.WhenAnnouncedAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        var result = await MulticastProbe.RunAsync(local!, AddressFamily.InterNetwork, TestContext.Current.CancellationToken);

        Assert.Null(result.Failure);
        Assert.True(result.ComesBack);
        Assert.True(result.AnswersHere);
        Assert.DoesNotContain(local!.Addresses, a => result.Others.Contains(a.Address));
    }

    [Fact]
    public async Task Run_OnAnInterfaceThatIsNotThere_SaysWhy()
    {
        var gone = new LocalInterface("gone0", 65_000, [new(IPAddress.Parse("192.0.2.77"), 24)], true, "");

        var result = await MulticastProbe.RunAsync(gone, AddressFamily.InterNetwork, TestContext.Current.CancellationToken);

        Assert.False(result.ComesBack);
        Assert.NotNull(result.Failure);
    }

    [Fact]
    public async Task Run_Cancelled_EndsAtOnce()
    {
        var local = LocalInterfaces.List().FirstOrDefault(i => i.IsUsed);
        Assert.SkipWhen(local is null, "This machine has no network.");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => MulticastProbe.RunAsync(local!, local!.Addresses[0].Address.AddressFamily, new CancellationToken(canceled: true)));
    }
}
