using System.Collections.Concurrent;
using System.Net;
using Kodama.Testing;

namespace Kodama.Discovery.Tests;

public class SweeperTests
{
    private static readonly TimeSpan HostTimeout = TimeSpan.FromSeconds(1);

    private readonly FakeClock clock = new();
    private readonly ConcurrentQueue<HubAnswer> found = new();

    [Fact]
    public async Task SweepAsync_SilentAddressesAndAHub_ReportsItBeforeTheOthersEnd()
    {
        await using var server = HubAt("127.0.0.77");
        var sweep = SweepAsync(server);
        await Deadline.UntilAsync(() => found.Count == 1);
        Assert.Equal("127.0.0.77", found.Single().Target.EndPoint.Address.ToString());
        await Deadline.UntilAsync(() => server.Accepted == 254);
        Assert.False(sweep.IsCompleted);
        clock.Advance(HostTimeout);
        await sweep.Within();
        await Deadline.UntilAsync(() => server.Open == 0);
        Assert.Single(found);
    }

    [Fact]
    public async Task SweepAsync_MaxConnections_AreNotExceeded()
    {
        await using var server = HubAt("127.0.0.254");
        var sweep = SweepAsync(server, maxConnections: 20);
        for (var turn = 1; found.IsEmpty; turn++)
        {
            var expected = Math.Min(turn * 20, 254);
            await Deadline.UntilAsync(() => server.Accepted == expected);
            await Deadline.UntilAsync(() => server.Open <= 20);
            Assert.Equal(expected, server.Accepted);
            if (expected < 254) clock.Advance(HostTimeout);
            else await Deadline.UntilAsync(() => !found.IsEmpty);
            await Deadline.UntilAsync(() => server.Accepted > expected || expected == 254);
        }
        clock.Advance(HostTimeout);
        await sweep.Within();
    }

    [Fact]
    public async Task SweepAsync_Cancelled_ClosesEveryConnection()
    {
        await using var server = LoopbackServer.Silent();
        using var cancellation = new CancellationTokenSource();
        var sweep = SweepAsync(server, cancellationToken: cancellation.Token);
        await Deadline.UntilAsync(() => server.Accepted == 254);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sweep.Within());
        await Deadline.UntilAsync(() => server.Open == 0);
    }

    [Fact]
    public async Task SweepAsync_CancelledWhileSlotsAreAwaited_Ends()
    {
        await using var server = LoopbackServer.Silent();
        using var cancellation = new CancellationTokenSource();
        var sweep = SweepAsync(server, maxConnections: 5, cancellationToken: cancellation.Token);
        await Deadline.UntilAsync(() => server.Accepted == 5);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sweep.Within());
        Assert.Equal(5, server.Accepted);
    }

    [Fact]
    public async Task SweepAsync_UnreachableAddress_DoesNotHoldUpTheOthers()
    {
        await using var server = HubAt("127.0.0.1");
        // Connecting to the broadcast address is refused by the system at once.
        SweepTarget[] targets = [new(new IPEndPoint(IPAddress.Broadcast, server.Port)), server.Target()];
        await new Sweeper(new HubProbe(clock), HostTimeout, 1, clock).SweepAsync(targets, found.Enqueue, default).Within();
        Assert.Single(found);
    }

    private static LoopbackServer HubAt(string hub) => new(async (address, stream) =>
    {
        if (address.Equals(IPAddress.Parse(hub)))
        {
            await LoopbackServer.ReadRequestAsync(stream);
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(LoopbackServer.Hub()));
        }
        else await LoopbackServer.UntilEndAsync(stream);
    });

    private Task SweepAsync(LoopbackServer server, int maxConnections = 512, CancellationToken cancellationToken = default)
    {
        Assert.True(Subnet.TryParse("127.0.0", out var subnet, out _));
        var targets = subnet.Addresses().Select(a => new SweepTarget(new IPEndPoint(a, server.Port)));
        return new Sweeper(new HubProbe(clock), HostTimeout, maxConnections, clock).SweepAsync(targets, found.Enqueue, cancellationToken);
    }
}
