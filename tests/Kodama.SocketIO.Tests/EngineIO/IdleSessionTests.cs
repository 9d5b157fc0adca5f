using Kodama.Server;
using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO.Tests;

/// <summary>Alone: what it counts is the memory of the process.</summary>
[CollectionDefinition(nameof(IdleSessionTests), DisableParallelization = true)]
[Collection(nameof(IdleSessionTests))]
public sealed class IdleSessionTests
{
    // What is below a session, the connection and its socket, is the same for all doors; what is above it counts itself.
    [Fact]
    public async Task Session_OnAWebSocket_IsSmall()
    {
        const int Count = 1000;
        await using var engine = await TestEngine.StartAsync();
        var context = new DefaultHttpContext();
        context.Request.Path = "/socket.io/";
        context.Request.QueryString = new QueryString("?EIO=4&transport=websocket&name=somebody");
        var sessions = new object[Count];
        Make(engine, context);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < Count; i++) sessions[i] = Make(engine, context);

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        GC.KeepAlive(sessions);
        Assert.InRange(each, 1, 600);
    }

    private static object Make(TestEngine engine, HttpContext context)
    {
        var request = HandshakeRequest.Of(context, AuthenticationResult.Success, DateTimeOffset.UnixEpoch, keepsHeaders: false);
        var session = new LiveSession(engine.Engine, EngineVersion.V4, request);
        return (session, new WebSocketTransport(engine.Engine, session, null, isProbe: false));
    }
}
