using Kodama.Testing;

namespace Kodama.Client.Tests.Reconnecting;

public sealed class ReconnectTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeClock clock = new();

    [Fact]
    public async Task Reconnect_ConnectionLost_ComesBackAfterTheDelayAndNotBefore()
    {
        using var server = new RawServer();
        await using var client = await ConnectAsync(server, ReconnectStrategy.Fixed(TimeSpan.FromSeconds(5)));
        var again = server.AcceptWebSocketAsync();

        clock.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.False(again.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));

        using var peer = await again.Within();
        await client.BecomesAsync<ClientStatus.Connected>();
        await peer.SendMessageAsync("back");
        Assert.Equal("back", await client.ReceiveTextAsync());
    }

    [Theory]
    [InlineData("exponential", 1, 2, 4)]
    [InlineData("linear", 1, 2, 3)]
    [InlineData("fixed", 1, 1, 1)]
    public async Task Reconnect_NobodyThere_TriesAsTheStrategySays(string name, params int[] seconds)
    {
        var strategy = name switch
        {
            "exponential" => ReconnectStrategy.Exponential(jitter: 0),
            "linear" => ReconnectStrategy.Linear(),
            _ => ReconnectStrategy.Fixed(),
        };
        var server = new RawServer();
        await using var client = await ConnectAsync(server, strategy, stopServer: true);

        for (var i = 0; i < seconds.Length; i++)
        {
            var status = await client.BecomesAsync<ClientStatus.Reconnecting>(s => s.Attempt == i + 1);
            Assert.Equal(TimeSpan.FromSeconds(seconds[i]), status.Delay);
            if (i > 0) Assert.IsType<HubUnreachableException>(status.Cause);
            clock.Advance(status.Delay);
        }
    }

    [Fact]
    public async Task Reconnect_StrategyGivesUp_EndsTheClientWithTheCause()
    {
        var server = new RawServer();
        await using var client = await ConnectAsync(server, ReconnectStrategy.Fixed(Second, maxAttempts: 1), stopServer: true);

        clock.Advance(Second);

        Assert.IsType<HubUnreachableException>((await client.ReceiveAllAsync()).End);
        Assert.IsType<HubUnreachableException>(Assert.IsType<ClientStatus.Closed>(client.Status).Cause);
    }

    [Fact]
    public async Task Reconnect_StrategyThrows_EndsTheClientWithThat()
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(
            server.Address, new KodamaClientOptions { Reconnect = ReconnectStrategy.Custom((_, _) => throw new TimeoutException("mine")) });
        using var peer = await server.AcceptWebSocketAsync();
        await using var client = await connecting.Within();

        peer.Reset();

        Assert.Equal("mine", Assert.IsType<TimeoutException>((await client.ReceiveAllAsync()).End).Message);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(9.9, 2)]
    public async Task Reconnect_AfterAConnectionThatLasted_CountsAnew(double seconds, int attempt)
    {
        using var server = new RawServer();
        await using var client = await ConnectAsync(server, ReconnectStrategy.Fixed(Second));
        var accepting = server.AcceptWebSocketAsync();
        clock.Advance(Second);
        using var peer = await accepting;
        await client.BecomesAsync<ClientStatus.Connected>();

        clock.Advance(TimeSpan.FromSeconds(seconds));
        peer.Reset();

        Assert.Equal(attempt, (await client.BecomesAsync<ClientStatus.Reconnecting>()).Attempt);
    }

    [Fact]
    public async Task Reconnect_DisposedWhileItWaits_EndsAtOnce()
    {
        using var server = new RawServer();
        var client = await ConnectAsync(server, ReconnectStrategy.Fixed(TimeSpan.FromDays(100)));

        await client.DisposeAsync().AsTask().Within();

        Assert.Equal(new ClientStatus.Closed(null), client.Status);
    }

    [Theory]
    [InlineData(1001, true)]
    [InlineData(1011, true)]
    [InlineData(1012, true)]
    [InlineData(1013, true)]
    [InlineData(4000, true)]
    [InlineData(1000, false)]
    [InlineData(1002, false)]
    [InlineData(1003, false)]
    [InlineData(1007, false)]
    [InlineData(1008, false)]
    [InlineData(1009, false)]
    [InlineData(1010, false)]
    [InlineData(4001, false)]
    [InlineData(4999, false)]
    public async Task Reconnect_AfterACloseCode_FollowsTheHubsRegistry(int code, bool expected)
    {
        Assert.Equal(expected, new CloseReason((ushort)code, "").ShouldReconnect);
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address, new KodamaClientOptions { Time = clock });
        using var peer = await server.AcceptWebSocketAsync();
        await using var client = await connecting.Within();

        await peer.SendCloseAsync(code, "Because.");
        Assert.Equal(code, (await peer.ReadFrameAsync())!.CloseCode);
        // Else the client would wait a second for the end, which is the server's to make (RFC 6455 section 7.1.1).
        peer.Dispose();

        var cause = expected
            ? (await client.BecomesAsync<ClientStatus.Reconnecting>()).Cause
            : (await client.ReceiveAllAsync()).End;
        var closed = Assert.IsType<HubClosedException>(cause);
        Assert.Equal((code, "Because.", expected), (closed.CloseCode, closed.Reason, closed.ShouldReconnect));
    }

    [Fact]
    public async Task Reconnect_CloseWithoutACode_IsANormalOne()
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address, new KodamaClientOptions { Time = clock });
        using var peer = await server.AcceptWebSocketAsync();
        await using var client = await connecting.Within();

        await peer.SendFrameAsync(RawFrame.CloseOpcode, []);

        Assert.Equal(1000, Assert.IsType<HubClosedException>((await client.ReceiveAllAsync()).End).CloseCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reconnect_ConnectionCutWithoutAGoodbye_Is1006(bool reset)
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address, new KodamaClientOptions { Time = clock });
        using var peer = await server.AcceptWebSocketAsync();
        await using var client = await connecting.Within();

        if (reset) peer.Reset();
        else peer.Dispose();

        var status = await client.BecomesAsync<ClientStatus.Reconnecting>();
        Assert.Equal(1006, Assert.IsType<HubClosedException>(status.Cause).CloseCode);
    }

    [Fact]
    public async Task Reconnect_HubKilledAndStartedAgain_IsJoinedAgain()
    {
        var hub = await TestHub.StartAsync();
        var port = hub.Address.Port;
        await using var client = await KodamaClient.ConnectAsync(
            hub.Address, new KodamaClientOptions { Reconnect = ReconnectStrategy.Fixed(TimeSpan.FromMilliseconds(20)) }).Within();

        await hub.DisposeAsync();
        await client.BecomesAsync<ClientStatus.Reconnecting>();
        await using var second = await TestHub.StartAsync(port: port);

        await client.BecomesAsync<ClientStatus.Connected>();
        await client.SendAsync("back").Within();
        Assert.Equal("back", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Reconnect_TokenThatHasChanged_IsAskedForAnew()
    {
        var tokens = new Queue<string?>(["first", null, "a b", "second"]);
        var hub = await TestHub.StartAsync(o => o.Token = "first");
        var port = hub.Address.Port;
        var options = new KodamaClientOptions
        {
            TokenProvider = _ => new(tokens.Dequeue() ?? throw new TimeoutException("The shop is closed.")),
            Reconnect = ReconnectStrategy.Fixed(Second),
            Time = clock,
        };
        await using var client = await KodamaClient.ConnectAsync(hub.Address, options).Within();

        await hub.DisposeAsync();
        await client.BecomesAsync<ClientStatus.Reconnecting>();
        await using var second = await TestHub.StartAsync(o => o.Token = "second", port);
        clock.Advance(Second);
        var closed = await client.BecomesAsync<ClientStatus.Reconnecting>(s => s.Attempt == 2);
        clock.Advance(Second);
        var wrong = await client.BecomesAsync<ClientStatus.Reconnecting>(s => s.Attempt == 3);
        clock.Advance(Second);
        await client.BecomesAsync<ClientStatus.Connected>();

        Assert.Contains("The shop is closed.", Assert.IsType<TokenUnavailableException>(closed.Cause).Message, StringComparison.Ordinal);
        Assert.Contains("ASCII", Assert.IsType<TokenUnavailableException>(wrong.Cause).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reconnect_HalfOpenConnection_IsNoticedByItsPings()
    {
        using var server = new RawServer();
        var options = new KodamaClientOptions
        {
            KeepAliveInterval = TimeSpan.FromMilliseconds(50),
            KeepAliveTimeout = TimeSpan.FromMilliseconds(50),
            Reconnect = ReconnectStrategy.Fixed(TimeSpan.FromDays(1)),
        };
        var connecting = KodamaClient.ConnectAsync(server.Address, options);
        // Takes the pings, and answers none.
        using var peer = await server.AcceptWebSocketAsync();
        await using var client = await connecting.Within();

        var status = await client.BecomesAsync<ClientStatus.Reconnecting>();

        Assert.Equal(1006, Assert.IsType<HubClosedException>(status.Cause).CloseCode);
        await peer.EndsAsync();
    }

    [Fact]
    public async Task RetryFirst_NobodyThereAtFirst_ConnectsWhenTheHubComes()
    {
        var port = TestHub.ClosedPort();
        var options = new KodamaClientOptions { RetryFirst = true, Time = clock, Reconnect = ReconnectStrategy.Fixed(Second) };
        await using var client = KodamaClient.Create($"127.0.0.1:{port}", options);
        var starting = client.StartAsync();
        await client.BecomesAsync<ClientStatus.Reconnecting>();
        await using var hub = await TestHub.StartAsync(port: port);
        Assert.False(starting.IsCompleted);

        clock.Advance(Second);

        await starting.Within();
        Assert.IsType<ClientStatus.Connected>(client.Status);
    }

    /// <summary>A client whose connection was lost, so that it waits.</summary>
    private async Task<KodamaClient> ConnectAsync(RawServer server, ReconnectStrategy strategy, bool stopServer = false)
    {
        var connecting = KodamaClient.ConnectAsync(server.Address, new KodamaClientOptions { Time = clock, Reconnect = strategy });
        using (var peer = await server.AcceptWebSocketAsync())
        {
            var client = await connecting.Within();
            if (stopServer) server.Dispose();
            peer.Reset();
            await client.BecomesAsync<ClientStatus.Reconnecting>();
            return client;
        }
    }
}
