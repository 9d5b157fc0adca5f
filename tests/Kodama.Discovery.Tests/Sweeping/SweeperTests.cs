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
    public async Task SweepAsync_Fault_EndsTheSweepAndIsTold()
    {
        var sweeper = new Sweeper((_, _) => throw new NotSupportedException("fault"), 8, clock);
        var targets = Enumerable.Range(1, 100).Select(port => new SweepTarget(new IPEndPoint(IPAddress.Loopback, port)));
        var fault = await Assert.ThrowsAsync<NotSupportedException>(() => sweeper.SweepAsync(targets, found.Enqueue, default).Within());
        Assert.Equal("fault", fault.Message);
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
        await Sweeper(1).SweepAsync(targets, found.Enqueue, default).Within();
        Assert.Single(found);
    }

    [Fact]
    public async Task SweepAsync_NoDescriptorLeft_WaitsAndTriesAgain()
    {
        var left = 3;
        var refused = 0;
        SweepTarget[] targets = [.. Enumerable.Range(1, 10).Select(port => new SweepTarget(new IPEndPoint(IPAddress.Loopback, port)))];
        var sweep = new Sweeper(
            async (target, _) =>
            {
                if (Interlocked.Decrement(ref left) < 0)
                {
                    Interlocked.Increment(ref left);
                    Interlocked.Increment(ref refused);
                    return ProbeResult.Exhausted;
                }
                await Task.Yield();
                return new ProbeResult(new HubAnswer(target, null, "/ws", null, new Dictionary<string, string>(), TimeSpan.Zero));
            },
            512,
            clock).SweepAsync(targets, found.Enqueue, default);
        await Deadline.UntilAsync(() => found.Count == 3 && refused == 7);
        Interlocked.Add(ref left, 10);
        await CompletedAsync(sweep);
        Assert.Equal(targets.Length, found.Select(f => f.Target).Distinct().Count());
    }

    [Fact]
    public async Task SweepAsync_NeverADescriptor_Ends()
    {
        var asked = 0;
        var sweep = new Sweeper(
            (_, _) =>
            {
                asked++;
                return Task.FromResult(ProbeResult.Exhausted);
            },
            512,
            clock).SweepAsync([new(new IPEndPoint(IPAddress.Loopback, 1))], found.Enqueue, default);
        await CompletedAsync(sweep);
        Assert.Empty(found);
        Assert.InRange(asked, 10, 100);
    }

    private async Task CompletedAsync(Task sweep)
    {
        await Deadline.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(50));
            return sweep.IsCompleted;
        });
        await sweep;
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
        return Sweeper(maxConnections).SweepAsync(targets, found.Enqueue, cancellationToken);
    }

    private Sweeper Sweeper(int maxConnections) =>
        new((target, cancellation) => new HubProbe(clock).AskAsync(target, HostTimeout, false, cancellation), maxConnections, clock);
}
