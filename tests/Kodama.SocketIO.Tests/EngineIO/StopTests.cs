using System.Net;
using Kodama.Testing;

namespace Kodama.SocketIO.Tests;

public sealed class StopTests
{
    [Fact]
    public async Task Stop_EndsAllSessions()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        var idle = await engine.OpenAsync();
        var poll = await engine.BeginPollAsync(sid, engine.Handlers.First());
        await using var client = await engine.OpenWebSocketAsync();
        await using var probe = await engine.ConnectAsync(TestEngine.WebSocket(idle));

        var stop = engine.StopAsync();

        Assert.Equal("1", await poll);
        Assert.Empty((await client.ReadCloseAsync()).Payload);
        await client.SendAsync(RawFrame.Masked(RawFrame.CloseOpcode, []));
        Assert.Empty((await probe.ReadCloseAsync()).Payload);
        await probe.SendAsync(RawFrame.Masked(RawFrame.CloseOpcode, []));
        await stop.Within();
        foreach (var handler in engine.Handlers) Assert.Equal(DisconnectReason.ServerShuttingDown, await handler.Closed);
        Assert.Equal(0, engine.Engine.SessionCount);
    }

    [Fact]
    public async Task Stop_WhileAGetWaits_SendsWhatThereIs()
    {
        for (var i = 0; i < 10; i++)
        {
            await using var engine = await TestEngine.StartAsync();
            var sid = await engine.OpenAsync();
            var poll = await engine.BeginPollAsync(sid);

            engine.Handler.Send("bye");
            var stop = engine.StopAsync();

            Assert.StartsWith("4bye", await poll, StringComparison.Ordinal);
            await stop.Within();
            Assert.Equal(DisconnectReason.ServerShuttingDown, await engine.Handler.Closed);
            Assert.Equal(0, engine.Engine.SessionCount);
        }
    }

    [Fact]
    public async Task Handshake_WhileStopping_IsRefused()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await engine.OpenWebSocketAsync();
        var stop = engine.StopAsync();
        // Stopping waits for this one's goodbye, and listens until then.
        Assert.Empty((await client.ReadCloseAsync()).Payload);

        using var response = await engine.GetAsync("EIO=4&transport=polling");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("{\"code\":4,\"message\":\"HUB_STOPPING\"}", await response.Content.ReadAsStringAsync());
        await client.SendAsync(RawFrame.Masked(RawFrame.CloseOpcode, []));
        await stop.Within();
    }
}
