using System.Net;
using Kodama.Testing;

namespace Kodama.SocketIO.Tests;

public sealed class HeartbeatTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly FakeClock clock = new();

    [Fact]
    public async Task WebSocket_ThatAnswers_IsPingedAgain()
    {
        await using var engine = await TestEngine.StartAsync(clock: clock);
        await using var client = await engine.OpenWebSocketAsync();
        for (var i = 0; i < 3; i++)
        {
            clock.Advance(Interval);
            Assert.Equal("2", await client.ReadTextAsync());
            await EchoAsync(engine, client, RawFrame.OfText("3"));
            clock.Advance(Tick);
        }
        Assert.False(engine.Handler.IsClosed);
    }

    [Fact]
    public async Task WebSocket_ThatDoesNotAnswer_Ends()
    {
        await using var engine = await TestEngine.StartAsync(clock: clock);
        await using var client = await engine.OpenWebSocketAsync();

        clock.Advance(Interval);
        Assert.Equal("2", await client.ReadTextAsync());
        clock.Advance(Timeout - Tick);
        Assert.False(engine.Handler.IsClosed);
        clock.Advance(Tick);

        Assert.True(engine.Handler.IsClosed);
        Assert.Equal(DisconnectReason.PingTimeout, await engine.Handler.Closed);
        Assert.Empty((await client.ReadCloseAsync()).Payload);
        Assert.Equal(0, engine.Engine.SessionCount);
    }

    [Fact]
    public async Task Packets_InPlaceOfThePong_StartTheTimeoutAnew()
    {
        await using var engine = await TestEngine.StartAsync(clock: clock);
        await using var client = await engine.OpenWebSocketAsync();
        clock.Advance(Interval);
        Assert.Equal("2", await client.ReadTextAsync());

        clock.Advance(Timeout - Tick);
        await EchoAsync(engine, client);
        clock.Advance(Timeout);
        Assert.False(engine.Handler.IsClosed);
        clock.Advance(Tick);

        Assert.Equal(DisconnectReason.PingTimeout, await engine.Handler.Closed);
    }

    [Fact]
    public async Task Polling_IsPingedInAGet()
    {
        await using var engine = await TestEngine.StartAsync(clock: clock);
        var sid = await engine.OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            var poll = await engine.BeginPollAsync(sid);
            clock.Advance(Interval + Tick);
            Assert.Equal("2", await poll);
            await engine.PostOkAsync(sid, "3");
        }
    }

    [Fact]
    public async Task Session_ThatFailsWhenItIsPinged_IsAloneInThat()
    {
        await using var engine = await TestEngine.StartAsync(clock: clock);
        await using var first = await engine.OpenWebSocketAsync();
        await using var failing = await engine.OpenWebSocketAsync();
        await using var last = await engine.OpenWebSocketAsync();
        engine.Handlers.ElementAt(1).PeekFault = new InvalidOperationException("On purpose.");

        clock.Advance(Interval);

        foreach (var client in (RawClient[])[first, failing, last]) Assert.Equal("2", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Session_ThatFailsWhenItEnds_HasEndedAllTheSame()
    {
        await using var engine = await TestEngine.StartAsync(clock: clock);
        for (var i = 0; i < 3; i++) await engine.OpenAsync();
        engine.Handlers.ElementAt(1).CloseFault = new InvalidOperationException("On purpose.");

        clock.Advance(Interval + Timeout + Tick);

        Assert.Equal(0, engine.Engine.SessionCount);
        foreach (var handler in engine.Handlers) Assert.Equal(DisconnectReason.PingTimeout, await handler.Closed);
    }

    [Fact]
    public async Task Polling_ThatStops_Ends()
    {
        await using var engine = await TestEngine.StartAsync(clock: clock);
        var sid = await engine.OpenAsync();

        clock.Advance(Interval + Timeout - Tick);
        Assert.False(engine.Handler.IsClosed);
        clock.Advance(Tick);

        Assert.Equal(DisconnectReason.PingTimeout, await engine.Handler.Closed);
        using var response = await engine.GetAsync(TestEngine.Polling(sid));
        Assert.Equal("{\"code\":1,\"message\":\"Session ID unknown\"}", await response.Content.ReadAsStringAsync());
        Assert.Equal(0, engine.Engine.SessionCount);
    }

    [Fact]
    public async Task Get_ThatWaitsAtTheTimeout_IsToldTheEnd()
    {
        await using var engine = await TestEngine.StartAsync(clock: clock);
        var sid = await engine.OpenAsync();
        var ping = await engine.BeginPollAsync(sid);
        clock.Advance(Interval);
        Assert.Equal("2", await ping);
        var poll = await engine.BeginPollAsync(sid);

        clock.Advance(Timeout);

        Assert.Equal("1", await poll);
        Assert.Equal(DisconnectReason.PingTimeout, await engine.Handler.Closed);
    }

    [Fact]
    public async Task PostedBody_ThatNeverEnds_EndsWithTheSession()
    {
        await using var engine = await TestEngine.StartAsync(clock: clock);
        var sid = await engine.OpenAsync();
        await using var client = await RawClient.ConnectAsync(engine.Http);
        await client.SendTextAsync(
            $"POST /socket.io/?{TestEngine.Polling(sid)} HTTP/1.1\r\nHost: {client.Authority}\r\nContent-Length: 10\r\n\r\n4hal");

        clock.Advance(Interval + Timeout);

        Assert.Equal(DisconnectReason.PingTimeout, await engine.Handler.Closed);
        await client.WaitForEndAsync();
    }

    [Fact]
    public async Task Session_ThatHandlesAMessage_DoesNotEnd()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var engine = await TestEngine.StartAsync(clock: clock, prepare: h => h.OnText = _ =>
        {
            entered.TrySetResult();
            return release.Task;
        });
        await using var client = await engine.OpenWebSocketAsync();
        await client.SendAsync(RawFrame.OfText("4x"));
        await entered.Task.Within();

        clock.Advance(Interval + Timeout + Timeout);

        Assert.Equal("2", await client.ReadTextAsync());
        Assert.False(engine.Handler.IsClosed);
        release.SetResult();
        Assert.Equal("4x", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Session_ThatClosesWithoutAGet_IsForgotten()
    {
        await using var engine = await TestEngine.StartAsync(clock: clock);
        await engine.OpenAsync();
        engine.Handler.Session.Close();

        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(engine.Handler.IsClosed);
        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(DisconnectReason.ForcedClose, await engine.Handler.Closed);
        Assert.Equal(0, engine.Engine.SessionCount);
    }

    [Fact]
    public async Task V3_ClientPings()
    {
        await using var engine = await TestEngine.StartAsync(o => o.AllowEIO3 = true, clock: clock);
        await using var client = await engine.OpenWebSocketAsync("EIO=3&transport=websocket");
        for (var i = 0; i < 3; i++)
        {
            clock.Advance(Interval);
            await client.SendAsync(RawFrame.OfText("2"));
            Assert.Equal("3", await client.ReadTextAsync());
        }
        clock.Advance(Interval + Timeout);
        Assert.False(engine.Handler.IsClosed);
        clock.Advance(Tick);
        Assert.Equal(DisconnectReason.PingTimeout, await engine.Handler.Closed);
    }

    [Fact]
    public async Task V3_ClientsPong_IsAnError()
    {
        await using var engine = await TestEngine.StartAsync(o => o.AllowEIO3 = true);
        await using var client = await engine.OpenWebSocketAsync("EIO=3&transport=websocket");

        await client.SendAsync(RawFrame.OfText("3"));

        Assert.Equal(DisconnectReason.TransportError, await engine.Handler.Closed);
    }

    // The message comes back behind what was sent before it: that has been heard, and nothing is being handled.
    private static async Task EchoAsync(TestEngine engine, RawClient client, params byte[] before)
    {
        await client.SendAsync([.. before, .. RawFrame.OfText("4x")]);
        Assert.Equal("4x", await client.ReadTextAsync());
        await Deadline.UntilAsync(() => !((LiveSession)engine.Handler.Session).IsDelivering);
    }
}
