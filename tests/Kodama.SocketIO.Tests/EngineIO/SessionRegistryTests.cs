using System.Net;
using Kodama.Server;
using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO.Tests;

public sealed class SessionRegistryTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.168.1.10");
    private static readonly IPAddress Other = IPAddress.Parse("192.168.1.11");

    [Fact]
    public async Task Newcomer_WhenAllPlacesAreTaken_GetsThatOfTheOldestThatJoinedNothing()
    {
        await using var engine = await TestEngine.StartAsync(o => o.MaxSessions = 3, prepare: h => h.HasJoined = false);
        var joined = await engine.OpenAsync();
        engine.Handler.HasJoined = true;
        var oldest = await engine.OpenAsync();
        var younger = await engine.OpenAsync();
        var handlers = engine.Handlers.ToArray();

        var newcomer = await engine.OpenAsync();

        Assert.Equal(DisconnectReason.ForcedClose, await handlers[1].Closed);
        using var unknown = await engine.GetAsync(TestEngine.Polling(oldest));
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        foreach (var sid in (string[])[joined, younger, newcomer]) await engine.PostOkAsync(sid, "4still here");
        Assert.Equal(3, engine.Engine.SessionCount);

        // All that are left join, and the next is refused.
        foreach (var handler in engine.Handlers) handler.HasJoined = true;
        using var refused = await engine.GetAsync("EIO=4&transport=polling");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("{\"code\":4,\"message\":\"TOO_MANY_SESSIONS\"}", await refused.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Newcomers_InLargeNumber_DoNotEndWhoHasJoined()
    {
        await using var engine = await TestEngine.StartAsync(o => o.MaxSessions = 4, prepare: h => h.HasJoined = false);
        var joined = await engine.OpenAsync();
        engine.Handler.HasJoined = true;

        for (var i = 0; i < 50; i++) await engine.OpenAsync();

        Assert.Equal(4, engine.Engine.SessionCount);
        await engine.PostOkAsync(joined, "4still here");
    }

    [Fact]
    public async Task Address_WithItsShareOfSessions_LeavesTheRestToOthers()
    {
        await using var engine = await TestEngine.StartAsync(o => o.MaxSessionsPerAddress = 2);
        var sessions = engine.Engine.Sessions;
        var session = Reserve(engine, One);
        Reserve(engine, One);

        Assert.Equal("TOO_MANY_SESSIONS_OF_ADDRESS", sessions.Reserve(One)!.Message);
        Reserve(engine, Other);
        for (var i = 0; i < 3; i++) await engine.OpenAsync();
        session.End(DisconnectReason.TransportClose);

        Assert.Null(sessions.Reserve(One));
    }

    private static LiveSession Reserve(TestEngine engine, IPAddress address)
    {
        Assert.Null(engine.Engine.Sessions.Reserve(address));
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = address;
        return new LiveSession(
            engine.Engine,
            EngineVersion.V4,
            HandshakeRequest.Of(context, AuthenticationResult.Success, DateTimeOffset.UnixEpoch, keepsHeaders: false));
    }
}
