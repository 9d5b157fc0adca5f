using Kodama.Testing;

namespace Kodama.Client.Tests.Connecting;

public sealed class ConnectErrorTests
{
    [Fact]
    public async Task Connect_WrongToken_IsRefusedWithTheHubsWords()
    {
        await using var hub = await TestHub.StartAsync(o => o.Token = "secret");

        var refused = await Assert.ThrowsAsync<HubRefusedException>(() =>
            KodamaClient.ConnectAsync(hub.Address, new KodamaClientOptions { Token = "guess" }).Within());

        Assert.True(refused.StatusCode is 401 or 403);
        Assert.Equal("AUTHENTICATION_FAILED", refused.Code);
        Assert.NotEmpty(refused.Reason);
        Assert.False(refused.ShouldReconnect);
    }

    [Fact]
    public async Task Connect_PeerThatAValidatorRefuses_IsRefusedWithTheReason()
    {
        await using var hub = await TestHub.StartAsync(o => o.Rules.RequireDetail("name"));

        var refused = await Assert.ThrowsAsync<HubRefusedException>(() => KodamaClient.ConnectAsync(hub.Address).Within());

        Assert.Null(refused.StatusCode);
        Assert.Equal("The detail \"name\" is missing: connect with one.", refused.Reason);
    }

    [Fact]
    public async Task Connect_HubThatRefusesByClosingLater_EndsTheClientRefused()
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address);
        using var peer = await server.AcceptWebSocketAsync();
        await using var client = await connecting.Within();

        await peer.SendCloseAsync(3000, "Client validation\u001b failed");

        var refused = Assert.IsType<HubRefusedException>((await client.ReceiveAllAsync()).End);
        Assert.Equal("Client validation  failed", refused.Reason);
        Assert.Same(refused, Assert.IsType<ClientStatus.Closed>(client.Status).Cause);
    }

    [Theory]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    [InlineData(426, false)]
    [InlineData(408, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    public async Task Connect_RefusedByStatus_SaysWhetherToTryAgain(int status, bool again)
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address);
        using var peer = await server.AcceptAsync();
        await peer.ReadHeadAsync();
        const string body = """{"error":{"code":"NO","message":"Not\u001b[31m now.","statusCode":0}}""";
        await peer.SendTextAsync($"HTTP/1.1 {status} No\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        var refused = await Assert.ThrowsAsync<HubRefusedException>(() => connecting.Within());

        Assert.Equal((status, "NO", "Not [31m now.", again), (refused.StatusCode, refused.Code, refused.Reason, refused.ShouldReconnect));
        await peer.EndsAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("""{"error":"no"}""")]
    [InlineData("""{"error":{"code":1,"message":2}}""")]
    public async Task Connect_RefusedWithAStrangersBody_TellsTheStatus(string body)
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address);
        using var peer = await server.AcceptAsync();
        await peer.ReadHeadAsync();
        await peer.SendTextAsync($"HTTP/1.1 403 Forbidden\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        var refused = await Assert.ThrowsAsync<HubRefusedException>(() => connecting.Within());

        Assert.Equal((403, "Forbidden", true), (refused.StatusCode, refused.Reason, refused.ShouldReconnect));
    }

    [Fact]
    public async Task Connect_RefusedWithAnEndlessBody_ReadsOnlySoMuch()
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address);
        using var peer = await server.AcceptAsync();
        await peer.ReadHeadAsync();
        await peer.SendTextAsync($"HTTP/1.1 403 Forbidden\r\nContent-Length: 99999999\r\n\r\n{new string('x', 20_000)}");

        await Assert.ThrowsAsync<HubRefusedException>(() => connecting.Within());
        await peer.EndsAsync();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: wrong\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n\r\n")]
    [InlineData("HTTP/1.1 99999999999 x\r\n\r\n")]
    public async Task Connect_SomethingThatIsNoHub_IsAProtocolError(string answer)
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address);
        using var peer = await server.AcceptAsync();
        await peer.ReadHeadAsync();
        await peer.SendTextAsync(answer);

        var wrong = await Assert.ThrowsAsync<HubProtocolException>(() => connecting.Within());

        Assert.Null(wrong.CloseCode);
        Assert.Contains($"127.0.0.1:{server.Port}", wrong.Message, StringComparison.Ordinal);
        await peer.EndsAsync();
    }

    [Fact]
    public async Task Connect_NothingListens_IsUnreachableInWords()
    {
        var port = TestHub.ClosedPort();

        var unreachable = await Assert.ThrowsAsync<HubUnreachableException>(() => KodamaClient.ConnectAsync($"127.0.0.1:{port}").Within());

        Assert.Equal($"127.0.0.1:{port}", unreachable.Address);
        Assert.Contains("nothing listens", unreachable.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_HostThatIsUnknown_IsUnreachableInWords()
    {
        var unreachable = await Assert.ThrowsAsync<HubUnreachableException>(() =>
            KodamaClient.ConnectAsync("ws://no-such-host.invalid:8080").Within());

        Assert.Contains("no such host", unreachable.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ServerThatHangsUp_IsUnreachable()
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address);
        using (await server.AcceptAsync())
        {
        }

        await Assert.ThrowsAsync<HubUnreachableException>(() => connecting.Within());
    }

    [Theory]
    [InlineData("ws")]
    [InlineData("wss")]
    public async Task Connect_ServerThatNeverAnswers_TimesOutAndLeavesNoSocket(string scheme)
    {
        var clock = new FakeClock();
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync($"{scheme}://127.0.0.1:{server.Port}", new KodamaClientOptions { Time = clock });
        using var peer = await server.AcceptAsync();

        clock.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.False(connecting.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));

        var late = await Assert.ThrowsAsync<ConnectTimeoutException>(() => connecting.Within());
        Assert.Equal(TimeSpan.FromSeconds(10), late.Timeout);
        Assert.Contains($"127.0.0.1:{server.Port}", late.Message, StringComparison.Ordinal);
        await peer.EndsAsync();
    }

    [Fact]
    public void Connect_OptionsOutOfRange_AreRefusedBeforeAnything()
    {
        Refuses(o => o.ConnectTimeout = TimeSpan.Zero, "ConnectTimeout");
        Refuses(o => o.CloseTimeout = TimeSpan.FromDays(25), "CloseTimeout");
        Refuses(o => o.KeepAliveInterval = -TimeSpan.FromSeconds(1), "KeepAliveInterval");
        Refuses(o => o.KeepAliveTimeout = TimeSpan.Zero, "KeepAliveTimeout");
        Refuses(o => o.MessageCapacity = 0, "MessageCapacity");
        Refuses(o => o.MaxMessageSize = 0, "MaxMessageSize");
        Refuses(o => o.FullMode = (FullMode)9, "FullMode");
        Refuses(o => o.Room = "", "Room");
        Refuses(o => o.Room = "a\nb", "Room");
        Refuses(o => o.Token = "a\r\nb", "Token");
        Refuses(o => (o.Token, o.TokenProvider) = ("x", _ => new("y")), "TokenProvider");
        Refuses(o => (o.TokenProvider, o.Headers["authorization"]) = (_ => new("y"), "Basic eA=="), "Authorization");
        Refuses(o => o.Headers["sec-websocket-key"] = "x", "sec-websocket-key");
        Refuses(o => o.Headers["HOST"] = "x", "HOST");
        Refuses(o => o.Headers["X Key"] = "x", "X Key");
        Refuses(o => o.Headers["X-Key"] = "a\r\nb", "X-Key");
        Refuses(o => (o.Token, o.Headers["authorization"]) = ("x", "Basic eA=="), "Authorization");
        Refuses(o => o.Details["token"] = "x", "token");
        Refuses(o => o.Details["name"] = null!, "name");
        Refuses(o => o.CertificateFingerprint = "12:34", "12:34");

        static void Refuses(Action<KodamaClientOptions> change, string name)
        {
            var options = new KodamaClientOptions();
            change(options);
            Assert.Contains(
                name, Assert.Throws<ArgumentException>(() => KodamaClient.Create("Lounge", options)).Message, StringComparison.Ordinal);
        }
    }
}
