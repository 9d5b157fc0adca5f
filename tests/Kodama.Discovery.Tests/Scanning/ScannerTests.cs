using System.Net;
using Kodama.Testing;

namespace Kodama.Discovery.Tests;

/// <summary>Real connections over loopback, mDNS on a network in memory, a clock that the test moves.</summary>
public sealed class ScannerTests : IAsyncDisposable
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(5);

    private readonly FakeClock clock = new();
    private readonly Lan lan = new();
    private readonly LanHost here;
    private readonly LanHost there;
    private readonly List<IAsyncDisposable> disposables = [];
    private readonly CancellationTokenSource cancellation = new();
    private IAsyncEnumerator<HubChange>? watch;
    private bool killed;

    public ScannerTests()
    {
        // The advertised address must be one where a test's server answers.
        here = lan.Host("127.0.0.1");
        there = lan.Host("127.0.0.2");
    }

    public async ValueTask DisposeAsync()
    {
        if (watch is not null) await watch.DisposeAsync();
        foreach (var disposable in disposables) await disposable.DisposeAsync();
        cancellation.Dispose();
    }

    [Fact]
    public async Task ScanAsync_AdvertisedHub_IsFoundOnceAndTheScanEndsInTime()
    {
        Advertise(8080);
        await using var scan = Scan(new ScanOptions { By = FoundBy.Mdns }).GetAsyncEnumerator();
        Assert.True(await NextAsync(scan));
        Assert.Equal(("Lounge", Id, FoundBy.Mdns), (scan.Current.Name, scan.Current.Id, scan.Current.FoundBy));
        Assert.Equal("http://127.0.0.2:8080/", scan.Current.Address.AbsoluteUri);
        Assert.Equal("2", scan.Current.Details["floor"]);
        Assert.False(await NextAsync(scan));
    }

    [Fact]
    public async Task ScanAsync_HubFoundByBothWays_IsYieldedOnce()
    {
        await using var server = Hub();
        Advertise(server.Port);
        var hubs = await CollectAsync(Scan(Sweeping(server, "127.0.0.2")));
        Assert.Equal(Id, Assert.Single(hubs).Id);
    }

    [Fact]
    public async Task ScanAsync_MulticastThatDoesNotWork_IsFoundByTheSweep()
    {
        await using var server = Hub();
        var environment = Environment() with { Links = _ => LanHost.NoLinks() };
        var hubs = await CollectAsync(Scanner.ScanAsync(ScanSettings.Of(Sweeping(server, "127.0.0.2")), environment, cancellation.Token));
        Assert.Equal(FoundBy.Sweep, Assert.Single(hubs).FoundBy);
    }

    [Fact]
    public async Task ScanAsync_SweepOnly_EndsWithTheSweep()
    {
        await using var server = Hub();
        var options = Sweeping(server, "127.0.0.2");
        options.By = FoundBy.Sweep;
        await using var scan = Scan(options).GetAsyncEnumerator();
        Assert.True(await scan.MoveNextAsync().Within());
        Assert.False(await scan.MoveNextAsync().Within());
    }

    [Fact]
    public async Task ScanAsync_TheMachinesOwnNetwork_IsSweptByDefault()
    {
        await using var server = Hub();
        var hubs = await CollectAsync(Scan(new ScanOptions { By = FoundBy.Sweep, Ports = { server.Port }, HostTimeout = Generous }));
        // The server answers on all 254 addresses of 127.0.0.0/24, as one hub.
        Assert.Equal(Id, Assert.Single(hubs).Id);
    }

    [Fact]
    public async Task ScanAsync_UnknownHost_SaysSo()
    {
        var scan = Scan(new ScanOptions { Subnets = { "no-such-host.invalid" } });
        Assert.Contains(
            "no-such-host.invalid", (await Assert.ThrowsAsync<IOException>(() => CollectAsync(scan))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Subnets", "192.168.1.300")]
    [InlineData("Ports", "70000")]
    [InlineData("Interfaces", "nowhere7")]
    public void ScanAsync_BadOption_IsAnErrorBeforeAnythingIsDone(string option, string value)
    {
        var options = new ScanOptions();
        if (option == "Subnets") options.Subnets.Add(value);
        else if (option == "Ports") options.Ports.Add(int.Parse(value, System.Globalization.CultureInfo.InvariantCulture));
        else options.Interfaces.Add(value);
        Assert.Contains(value, Assert.Throws<ArgumentException>(() => Scanner.ScanAsync(options)).Message, StringComparison.Ordinal);
        Assert.Contains(value, Assert.Throws<ArgumentException>(() => Scanner.WatchAsync(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScanAsync_Cancelled_ClosesItsConnections()
    {
        await using var server = LoopbackServer.Silent();
        await using var scan = Scan(Sweeping(server, "127.0.0")).GetAsyncEnumerator();
        var next = scan.MoveNextAsync();
        await Deadline.UntilAsync(() => server.Accepted == 254);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.Within());
        await Deadline.UntilAsync(() => server.Open == 0);
    }

    [Fact]
    public async Task ScanAsync_ReaderThatLeaves_ClosesItsConnections()
    {
        await using var server = HubAt("127.0.0.9");
        await foreach (var hub in Scan(Sweeping(server, "127.0.0"))) break;
        await Deadline.UntilAsync(() => server.Open == 0);
    }

    [Fact]
    public async Task ScanAsync_FiftyHubs_AreAllFoundWithinASecond()
    {
        Advertise([.. Enumerable.Range(0, 50)]);
        await using var scan = Scan(new ScanOptions { By = FoundBy.Mdns }).GetAsyncEnumerator();
        var before = clock.GetUtcNow();
        var names = new HashSet<string>();
        while (names.Count < 50)
        {
            Assert.True(await WhileTimePassesAsync(scan.MoveNextAsync().AsTask(), TimeSpan.FromMilliseconds(2)));
            names.Add(scan.Current.Name);
        }
        Assert.InRange(clock.GetUtcNow() - before, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task ScanAsync_EveryFifthPacketLost_FindsTheHubsInTime()
    {
        Advertise([.. Enumerable.Range(0, 10)]);
        var random = new Random(4);
        lan.Loses = (_, _) => random.Next(5) == 0;
        Assert.Equal(10, (await CollectAsync(Scan(new ScanOptions { By = FoundBy.Mdns }))).Count);
    }

    [Fact]
    public async Task WatchAsync_HubThatStarts_IsFound()
    {
        Watch(new ScanOptions { By = FoundBy.Mdns });
        var next = watch!.MoveNextAsync();
        clock.Advance(TimeSpan.FromSeconds(10));
        Advertise(8080);
        await WhileTimePassesAsync(next.AsTask(), TimeSpan.FromMilliseconds(100));
        Assert.Equal(HubChangeKind.Found, watch.Current.Kind);
    }

    [Fact]
    public async Task WatchAsync_Goodbye_IsALossWithinHalfASecond()
    {
        var advertiser = Advertise(8080);
        Watch(new ScanOptions { By = FoundBy.Mdns });
        Assert.Equal(HubChangeKind.Found, (await NextChangeAsync()).Kind);
        var before = clock.GetUtcNow();
        await advertiser.DisposeAsync();
        Assert.Equal(HubChangeKind.Lost, (await NextChangeAsync(TimeSpan.FromMilliseconds(2))).Kind);
        Assert.InRange(clock.GetUtcNow() - before, TimeSpan.Zero, TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task WatchAsync_NewDetails_AreAChange()
    {
        var advertiser = Advertise(8080);
        Watch(new ScanOptions { By = FoundBy.Mdns });
        await NextChangeAsync();
        advertiser.Update(HubText.Encode(Id, "/ws", null, new Dictionary<string, string> { ["floor"] = "3" }));
        var change = await NextChangeAsync();
        Assert.Equal((HubChangeKind.Changed, "3"), (change.Kind, change.Hub.Details["floor"]));
    }

    [Fact]
    public async Task WatchAsync_HubThatIsKilled_IsLostWithin15Seconds()
    {
        var server = Hub();
        var options = Sweeping(server, "127.0.0.2");
        Advertise(server.Port);
        lan.Loses = (source, _) => killed && source.Address.ToString() == "127.0.0.2";
        Watch(options);
        var found = FoundBy.None;
        while (found != FoundBy.Any) found = (await NextChangeAsync()).Hub.FoundBy;
        var before = clock.GetUtcNow();
        killed = true;
        await server.DisposeAsync();
        Assert.Equal(HubChangeKind.Lost, (await NextChangeAsync(TimeSpan.FromMilliseconds(20))).Kind);
        Assert.InRange(clock.GetUtcNow() - before, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task WatchAsync_HubThatIsHeardButCannotBeReached_Stays()
    {
        // A firewall that lets mDNS pass looks like this.
        var asked = 0;
        var askedOften = new TaskCompletionSource<bool>();
        await using var server = new LoopbackServer((_, _) =>
        {
            if (Interlocked.Increment(ref asked) == 8) askedOften.SetResult(true);
            return Task.CompletedTask;
        });
        Advertise(server.Port);
        Watch(new ScanOptions { By = FoundBy.Mdns });
        await NextChangeAsync();
        var next = watch!.MoveNextAsync().AsTask();
        await WhileTimePassesAsync(askedOften.Task, TimeSpan.FromMilliseconds(100));
        Assert.False(next.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.Within());
    }

    [Fact]
    public async Task WatchAsync_NetworkWhereNothingHappens_IsSweptEverMoreSeldom()
    {
        await using var server = LoopbackServer.Answering("HTTP/1.1 404 Not Found\r\n\r\n");
        var options = Sweeping(server, "127.0.0.2");
        options.By = FoundBy.Sweep;
        Watch(options);
        var next = watch!.MoveNextAsync().AsTask();
        var times = new List<double>();
        var start = clock.GetUtcNow();
        while (times.Count < 4)
        {
            if (server.Accepted > times.Count) times.Add((clock.GetUtcNow() - start).TotalSeconds);
            else if (await Task.WhenAny(next, Task.Delay(10)) != next) clock.Advance(TimeSpan.FromMilliseconds(500));
        }
        foreach (var (time, expected) in times.Zip([0.0, 5, 15, 35])) Assert.InRange(time, expected, expected + 4);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.Within());
    }

    [Fact]
    public async Task ScanAsync_InterfacesThatCannotBeListed_AreTold()
    {
        var told = new TaskCompletionSource<DiscoveryError>();
        var options = new ScanOptions { By = FoundBy.Mdns, Failed = told.SetResult };
        var environment = Environment() with { Interfaces = () => throw new IOException("no list") };
        Assert.Empty(await CollectAsync(Scanner.ScanAsync(ScanSettings.Of(options), environment, cancellation.Token)));
        Assert.Contains("no list", (await told.Task.Within()).Message, StringComparison.Ordinal);
    }

    private ScanEnvironment Environment() =>
        new() { Time = clock, Links = here.Links, Interfaces = () => [here.Interface], Random = new Random(1) };

    private IAsyncEnumerable<FoundHub> Scan(ScanOptions options) =>
        Scanner.ScanAsync(ScanSettings.Of(options), Environment(), cancellation.Token);

    private void Watch(ScanOptions options) =>
        watch = Scanner.WatchAsync(ScanSettings.Of(options), Environment(), cancellation.Token).GetAsyncEnumerator();

    // The clock runs ahead of real connections, which must not time out for it.
    private static ScanOptions Sweeping(LoopbackServer server, string subnet) =>
        new() { Subnets = { subnet }, Ports = { server.Port }, HostTimeout = Generous };

    private static LoopbackServer Hub() => LoopbackServer.Answering(LoopbackServer.Hub(headers: $"Kodama-Id: {Id}\r\n"));

    private static LoopbackServer HubAt(string hub) => new(async (address, stream) =>
    {
        await LoopbackServer.ReadRequestAsync(stream);
        if (address.Equals(IPAddress.Parse(hub))) await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(LoopbackServer.Hub()));
        else await LoopbackServer.UntilEndAsync(stream);
    });

    private Advertiser Advertise(int port)
    {
        var text = HubText.Encode(Id, "/ws", null, new Dictionary<string, string> { ["floor"] = "2" });
        var advertiser = Advertiser.Start(
            new Advertisement { Name = "Lounge", Port = port, Text = text }, new AdvertiserOptions(),
            there.Links(MulticastGroup.Port), clock, new Random(2));
        disposables.Add(advertiser);
        for (var i = 0; i < 300; i++) clock.Advance(TimeSpan.FromMilliseconds(10));
        return advertiser;
    }

    private void Advertise(IReadOnlyList<int> hubs)
    {
        foreach (var number in hubs)
        {
            var text = HubText.Encode(
                number.ToString("x32", System.Globalization.CultureInfo.InvariantCulture), "/ws", null,
                new Dictionary<string, string>());
            var advertisement = new Advertisement { Name = $"Hub {number}", Port = 8080, Text = text };
            var options = new AdvertiserOptions { HostName = $"hub-{number}" };
            disposables.Add(Advertiser.Start(
                advertisement, options, lan.Host($"127.0.0.{10 + number}").Links(MulticastGroup.Port), clock, new Random(number)));
        }
        for (var i = 0; i < 300; i++) clock.Advance(TimeSpan.FromMilliseconds(10));
    }

    private async Task<HubChange> NextChangeAsync(TimeSpan? step = null)
    {
        Assert.True(await WhileTimePassesAsync(watch!.MoveNextAsync().AsTask(), step ?? TimeSpan.FromMilliseconds(100)));
        return watch.Current;
    }

    private Task<bool> NextAsync<T>(IAsyncEnumerator<T> scan) =>
        WhileTimePassesAsync(scan.MoveNextAsync().AsTask(), TimeSpan.FromMilliseconds(100));

    private async Task<List<FoundHub>> CollectAsync(IAsyncEnumerable<FoundHub> scan)
    {
        var hubs = new List<FoundHub>();
        await using var enumerator = scan.GetAsyncEnumerator();
        while (await NextAsync(enumerator)) hubs.Add(enumerator.Current);
        return hubs;
    }

    // What is real (connections, the pool) gets real time to answer before the clock moves on.
    private async Task<bool> WhileTimePassesAsync(Task<bool> task, TimeSpan step)
    {
        while (await Task.WhenAny(task, Task.Delay(10)) != task) clock.Advance(step);
        return await task.Within();
    }
}
