using Kodama.Discovery;
using Kodama.Testing;

namespace Kodama.Client.Tests.Connecting;

public sealed class LookupTests
{
    private readonly FakeClock clock = new();
    private FoundHub[] network = [];
    private int lookups;

    [Fact]
    public async Task Name_OfAHubOfTheNetwork_IsConnectedTo()
    {
        await using var hub = await TestHub.StartAsync();
        network = [Found("Kitchen", TestHub.ClosedPort()), Found("lounge", hub.Address.Port)];
        await using var client = Create("Lounge");

        await client.StartAsync().Within();

        Assert.Equal(new Uri($"ws://127.0.0.1:{hub.Address.Port}/ws"), Assert.IsType<ClientStatus.Connected>(client.Status).Address);
    }

    [Fact]
    public async Task Name_LookedUpByTheScanner_IsFoundByWhatTheHubTellsOfItself()
    {
        await using var hub = await TestHub.StartAsync();
        var options = new KodamaClientOptions
        {
            Scan = new ScanOptions { By = FoundBy.Sweep, Subnets = { "127.0.0.1" }, Ports = { hub.Address.Port } },
        };

        await using var client = await KodamaClient.ConnectAsync("Lounge", options).Within();

        await hub.PeerAsync();
        var missing = await Assert.ThrowsAsync<HubNotFoundException>(() => KodamaClient.ConnectAsync("Attic", options).Within());
        Assert.Equal(["Lounge"], missing.Found);
    }

    [Fact]
    public async Task Name_OfNoHub_TellsWhichThereAre()
    {
        network = [Found("Kitchen", 1), Found("Attic", 1), Found("Attic", 2)];
        await using var client = Create("Lounge");

        var missing = await Assert.ThrowsAsync<HubNotFoundException>(() => client.StartAsync().Within());

        Assert.Equal("Lounge", missing.Name);
        Assert.Equal(["Kitchen", "Attic"], missing.Found);
    }

    [Fact]
    public async Task Name_OfAHubThatIsGoneAndOneThatIsThere_IsTheOneThatAnswers()
    {
        await using var hub = await TestHub.StartAsync();
        network = [Found("Lounge", TestHub.ClosedPort()), Found("Lounge", hub.Address.Port)];
        await using var client = Create("Lounge");

        await client.StartAsync().Within();

        await hub.PeerAsync();
    }

    [Fact]
    public async Task Name_OfAHubThatHasMoved_IsFoundAgain()
    {
        var first = await TestHub.StartAsync();
        await using var second = await TestHub.StartAsync();
        network = [Found("Lounge", first.Address.Port)];
        await using var client = Create("Lounge");
        await client.StartAsync().Within();

        network = [Found("Lounge", second.Address.Port)];
        await first.DisposeAsync();
        await client.BecomesAsync<ClientStatus.Reconnecting>();
        clock.Advance(TimeSpan.FromSeconds(1));

        await client.BecomesAsync<ClientStatus.Connected>(s => s.Address.Port == second.Address.Port);
        await second.PeerAsync();
        Assert.Equal(2, lookups);
    }

    [Fact]
    public async Task FoundHub_WhoseAddressNoLongerAnswers_IsLookedUpByItsName()
    {
        var first = await TestHub.StartAsync();
        await using var second = await TestHub.StartAsync();
        network = [Found("Lounge", second.Address.Port)];
        await using var client = KodamaClient.Create(Found("Lounge", first.Address.Port), Settings());
        await client.StartAsync().Within();
        Assert.Equal(0, lookups);

        await first.DisposeAsync();
        await client.BecomesAsync<ClientStatus.Reconnecting>();
        clock.Advance(TimeSpan.FromSeconds(1));

        await client.BecomesAsync<ClientStatus.Connected>(s => s.Address.Port == second.Address.Port);
    }

    [Fact]
    public async Task FoundHub_WhoseAddressNowSwallowsEverything_IsLookedUpWithinTheAttempt()
    {
        using var silent = new RawServer();
        await using var second = await TestHub.StartAsync();
        network = [Found("Lounge", second.Address.Port)];
        await using var client = KodamaClient.Create(Found("Lounge", silent.Port), Settings());
        var starting = client.StartAsync();
        using (var peer = await silent.AcceptWebSocketAsync())
        {
            await starting.Within();
            peer.Reset();
        }
        await client.BecomesAsync<ClientStatus.Reconnecting>();
        clock.Advance(TimeSpan.FromSeconds(1));
        using var swallowed = await silent.AcceptAsync();

        clock.Advance(TimeSpan.FromSeconds(1));

        await client.BecomesAsync<ClientStatus.Connected>(s => s.Address.Port == second.Address.Port);
        await swallowed.EndsAsync();
    }

    [Fact]
    public async Task FoundHub_OfSeveralAddresses_IsReachedByTheOneThatAnswers()
    {
        await using var hub = await TestHub.StartAsync();
        var found = Found("Lounge", TestHub.ClosedPort()) with { Path = "/ws" };
        found = found with { Addresses = [.. found.Addresses, new Uri($"http://127.0.0.1:{TestHub.ClosedPort()}/"), hub.Address] };

        await using var client = await KodamaClient.ConnectAsync(found, new KodamaClientOptions { Room = "x" }).Within();

        Assert.Equal("x", (await hub.PeerAsync()).Room!.Name);
    }

    [Fact]
    public async Task FoundHub_WhoseOldAddressAStrangerHasNow_IsLookedUpByItsName()
    {
        using var stranger = new RawServer();
        await using var second = await TestHub.StartAsync();
        network = [Found("Lounge", second.Address.Port)];
        await using var client = KodamaClient.Create(Found("Lounge", stranger.Port), Settings());
        var starting = client.StartAsync();
        using (var peer = await stranger.AcceptWebSocketAsync())
        {
            await starting.Within();
            peer.Reset();
        }
        await client.BecomesAsync<ClientStatus.Reconnecting>();
        clock.Advance(TimeSpan.FromSeconds(1));

        await stranger.RefuseAsync(401);

        await client.BecomesAsync<ClientStatus.Connected>(s => s.Address.Port == second.Address.Port);
    }

    [Fact]
    public async Task FoundHub_WhereOnlyAStrangerAnswers_IsLookedForOnAndOn()
    {
        using var stranger = new RawServer();
        await using var client = KodamaClient.Create(Found("Lounge", stranger.Port), Settings());
        var starting = client.StartAsync();
        using (var peer = await stranger.AcceptWebSocketAsync())
        {
            await starting.Within();
            peer.Reset();
        }
        await client.BecomesAsync<ClientStatus.Reconnecting>();
        clock.Advance(TimeSpan.FromSeconds(1));

        await stranger.RefuseAsync(401);

        var second = await client.BecomesAsync<ClientStatus.Reconnecting>(s => s.Attempt == 2);
        Assert.Null(Assert.IsType<HubRefusedException>(second.Cause).Code);
    }

    [Fact]
    public async Task Name_WhoseFirstClaimantStalls_IsTheNextOne()
    {
        using var stalling = new RawServer();
        await using var hub = await TestHub.StartAsync();
        network = [Found("Lounge", stalling.Port), Found("Lounge", hub.Address.Port)];
        await using var client = Create("Lounge");
        var starting = client.StartAsync();
        using var stalled = await stalling.AcceptAsync();

        clock.Advance(TimeSpan.FromSeconds(1));

        await starting.Within();
        await hub.PeerAsync();
        await stalled.EndsAsync();
    }

    [Fact]
    public async Task FoundHub_WhoseFirstAddressAcceptsAndStalls_IsReachedByTheNext()
    {
        using var stalling = new RawServer();
        await using var hub = await TestHub.StartAsync();
        var found = Found("Lounge", stalling.Port);
        found = found with { Addresses = [.. found.Addresses, hub.Address] };
        var options = new KodamaClientOptions { Time = clock, ConnectTimeout = TimeSpan.FromDays(1) };
        var starting = KodamaClient.ConnectAsync(found, options);
        using var stalled = await stalling.AcceptAsync();

        // The second begins a moment after the first was accepted.
        while (!starting.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await using var client = await starting;
        await hub.PeerAsync();
        await stalled.EndsAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Secret_NameThatTwoClaim_GoesToNeither(bool inHeader)
    {
        using var stranger = new RawServer();
        await using var hub = await TestHub.StartAsync(o => o.Token = "secret");
        network = [Found("Lounge", stranger.Port), Found("Kitchen", 1), Found("LOUNGE", hub.Address.Port)];
        await using var client = KodamaClient.Create("Lounge", Settings(o =>
        {
            if (inHeader) o.Headers["Authorization"] = "Bearer secret";
            else o.Token = "secret";
        }));
        var accepting = stranger.AcceptAsync();

        var ambiguous = await Assert.ThrowsAsync<HubAmbiguousException>(() => client.StartAsync().Within());

        Assert.Equal("Lounge", ambiguous.Name);
        Assert.Equal([$"{stranger.Port}", $"{hub.Address.Port}"], ambiguous.Hubs.Select(h => h.Id));
        Assert.Contains($"http://127.0.0.1:{stranger.Port} (id {stranger.Port})", ambiguous.Message, StringComparison.Ordinal);
        Assert.False(accepting.IsCompleted);
        stranger.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => accepting.Within());
    }

    [Fact]
    public async Task Token_NameThatOneClaims_GoesToIt()
    {
        await using var hub = await TestHub.StartAsync(o => o.Token = "secret");
        network = [Found("Kitchen", 1), Found("Lounge", hub.Address.Port)];
        await using var client = KodamaClient.Create("Lounge", Settings(o => o.Token = "secret"));

        await client.StartAsync().Within();

        await hub.PeerAsync();
    }

    [Fact]
    public async Task Name_WhenTheNamedInterfaceIsAway_IsLookedForOnAndOn()
    {
        using var server = new RawServer();
        network = [Found("Lounge", server.Port)];
        var isAway = false;
        var settings = Settings() with
        {
            Lookup = (_, _) => isAway ? throw new ArgumentException("There is no network interface \"wlan0\".") : Network(),
        };
        await using var client = KodamaClient.Create("Lounge", settings);
        var starting = client.StartAsync();
        using (var peer = await server.AcceptWebSocketAsync())
        {
            await starting.Within();
            isAway = true;
            peer.Reset();
        }
        await client.BecomesAsync<ClientStatus.Reconnecting>();
        clock.Advance(TimeSpan.FromSeconds(1));
        var away = await client.BecomesAsync<ClientStatus.Reconnecting>(s => s.Attempt == 2);
        Assert.Contains("wlan0", Assert.IsType<HubUnreachableException>(away.Cause).Message, StringComparison.Ordinal);

        isAway = false;
        clock.Advance(TimeSpan.FromSeconds(1));

        using var again = await server.AcceptWebSocketAsync();
        await client.BecomesAsync<ClientStatus.Connected>();
    }

    [Fact]
    public void Name_WithAnInterfaceThatIsNotThere_IsRefusedAtOnce()
    {
        var options = new KodamaClientOptions { Scan = new ScanOptions { Interfaces = { "nowhere0" } } };

        Assert.Contains(
            "nowhere0", Assert.Throws<ArgumentException>(() => KodamaClient.Create("Lounge", options)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "nowhere0",
            Assert.Throws<ArgumentException>(() => KodamaClient.Create(Found("Lounge", 1), options)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_LookupThatTakesTooLong_TimesOut()
    {
        var begun = new TaskCompletionSource();
        var settings = Settings() with { Lookup = Endless };
        await using var client = KodamaClient.Create("Lounge", settings);
        var starting = client.StartAsync();
        await begun.Task.Within();

        clock.Advance(TimeSpan.FromSeconds(10));

        var late = await Assert.ThrowsAsync<ConnectTimeoutException>(() => starting.Within());
        Assert.Contains("lookup", late.Message, StringComparison.Ordinal);

        async IAsyncEnumerable<FoundHub> Endless(
            ScanOptions options,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            yield break;
        }
    }

    private KodamaClient Create(string name) => KodamaClient.Create(name, Settings());

    private ClientSettings Settings(Action<KodamaClientOptions>? configure = null)
    {
        var options = new KodamaClientOptions { Time = clock, Reconnect = ReconnectStrategy.Fixed() };
        configure?.Invoke(options);
        return ClientSettings.Of(options) with { Lookup = (_, _) => Network() };
    }

    private IAsyncEnumerable<FoundHub> Network()
    {
        lookups++;
        return network.ToAsyncEnumerable();
    }

    private static FoundHub Found(string name, int port) =>
        new() { Id = $"{port}", Name = name, Addresses = [new Uri($"http://127.0.0.1:{port}/")] };
}
