using Kodama.Testing;

namespace Kodama.Hostile.Tests.Tcp;

/// <summary>More connections than the hub may open descriptors.</summary>
public sealed class DescriptorTests(DescriptorTests.ScarceSiege siege) : IClassFixture<DescriptorTests.ScarceSiege>
{
    private const int Descriptors = 400;

    [Fact]
    public Task SilentConnections_MoreThanThereAreDescriptors() => siege.WithstandsAsync(async () =>
    {
        await using var silent = await Crowd.GatherAsync(Descriptors * 2, () => siege.ConnectAsync());
        await HoldAsync();
    });

    [Fact]
    public Task ResetStorm_AtTheLimit() => siege.WithstandsAsync(async () =>
    {
        for (var round = 0; round < 3; round++)
        {
            await using var storm = await Crowd.GatherAsync(Descriptors * 2, () => siege.ConnectAsync());
            storm.Reset();
        }
    });

    [Fact]
    public Task HalfHandshakes_AtTheLimit() => siege.WithstandsAsync(async () =>
    {
        await using var half = await Crowd.GatherAsync(Descriptors * 2, () => siege.ConnectAsync());
        await half.EachAsync(client => client.SendTextAsync("GET /ws HTTP/1.1\r\n"));
        await HoldAsync();
    });

    // A process that has no descriptors left dies when its runtime needs one next, for a thread say: some seconds later.
    private async Task HoldAsync()
    {
        for (var echoes = 0; echoes < 1000; echoes++) await siege.StillEchoesAsync();
    }

    public sealed class ScarceSiege : Siege
    {
        private protected override async Task<IRunningHub> StartAsync() => await HubProcess.StartAsync([], descriptors: Descriptors);
    }
}
