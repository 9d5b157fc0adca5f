using Kodama.Testing;

namespace Kodama.Client.Tests.Rooms;

/// <summary>Who answers, and whether it speaks kodama.v1.</summary>
public sealed class HelloTests
{
    private readonly FakeClock clock = new();

    [Fact]
    public async Task Connect_ServerWithoutTheProtocol_SaysSo()
    {
        using var server = new RawServer();
        var connecting = KodamaRooms.ConnectAsync(server.Address);
        using var peer = await server.AcceptWebSocketAsync();

        var wrong = await Assert.ThrowsAsync<HubProtocolException>(() => connecting.Within());

        Assert.Contains("kodama.v1", wrong.Message, StringComparison.Ordinal);
        await peer.EndsAsync();
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("""{"type":"hello"}""")]
    [InlineData("""{"type":"hello","session":{"id":"x"}}""")]
    public async Task Connect_ServerThatAgreesToAnything_IsFoundOut(string echo)
    {
        using var server = new RawServer();
        var connecting = KodamaRooms.ConnectAsync(server.Address);
        using var peer = await server.AcceptWebSocketAsync("Sec-WebSocket-Protocol: kodama.v1\r\n");
        await peer.ReadFrameAsync();

        await peer.SendMessageAsync(echo);

        await Assert.ThrowsAsync<HubProtocolException>(() => connecting.Within());
        await peer.EndsAsync();
    }

    [Fact]
    public async Task Connect_ServerThatSaysNothing_TimesOut()
    {
        using var server = new RawServer();
        var connecting = KodamaRooms.ConnectAsync(server.Address, new() { Time = clock });
        using var peer = await server.AcceptWebSocketAsync("Sec-WebSocket-Protocol: kodama.v1\r\n");
        await peer.ReadFrameAsync();

        clock.Advance(TimeSpan.FromSeconds(10));

        var late = await Assert.ThrowsAsync<ConnectTimeoutException>(() => connecting.Within());
        Assert.Contains("hello", late.Message, StringComparison.Ordinal);
        await peer.EndsAsync();
    }

    [Fact]
    public async Task Connect_PeerThatAValidatorRefuses_IsRefusedWithTheReason()
    {
        await using var hub = await TestHub.StartAsync(o => o.Rules.RequireDetail("name"));

        var refused = await Assert.ThrowsAsync<HubRefusedException>(() => KodamaRooms.ConnectAsync(hub.Address).Within());

        Assert.Equal("The detail \"name\" is missing: connect with one.", refused.Reason);
    }

    [Fact]
    public async Task Connect_AddressWithARoom_IsRefused()
    {
        await using var hub = await TestHub.StartAsync();

        var refused = await Assert.ThrowsAsync<HubRefusedException>(() =>
            KodamaRooms.ConnectAsync(new Uri(hub.Address, "/ws/lounge")).Within());

        Assert.Equal((400, "INVALID_ROOM", false), (refused.StatusCode, refused.Code, refused.ShouldReconnect));
    }

    [Fact]
    public async Task Connect_WithATokenInTheAddress_ComesIn()
    {
        await using var hub = await TestHub.StartAsync(o => o.Token = "s3cret");

        await using var rooms = await KodamaRooms.ConnectAsync(new Uri(hub.Address, "?token=s3cret")).Within();

        Assert.NotNull(rooms.Session);
    }

    [Fact]
    public async Task Reconnect_HubThatGivesUpBeforeTheHello_IsTriedAgain()
    {
        using var hub = new ScriptedHub();
        await using var rooms = KodamaRooms.Create(
            hub.Address, new() { Time = clock, RetryFirst = true, Reconnect = ReconnectStrategy.Fixed() });
        _ = rooms.StartAsync();
        using (var peer = await hub.Raw.AcceptWebSocketAsync("Sec-WebSocket-Protocol: kodama.v1\r\n"))
            await peer.SendCloseAsync(4408, "No hello within 10 s.");
        Assert.IsType<HubClosedException>((await rooms.BecomesAsync<ClientStatus.Reconnecting>()).Cause);

        clock.Advance(TimeSpan.FromSeconds(1));

        using var second = await hub.AcceptAsync();
        await rooms.BecomesAsync<ClientStatus.Connected>();
    }
}
