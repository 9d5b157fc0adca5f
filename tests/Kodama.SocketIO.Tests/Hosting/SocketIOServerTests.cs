using Kodama.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO.Tests;

public class SocketIOServerTests
{
    [Fact]
    public async Task Tick_WithASessionThatFails_LogsItAndEndsTheOthers()
    {
        var log = new LogRecorder();
        using var server = new TestServer(o => o.ConnectTimeout = TimeSpan.FromSeconds(10), logger: log);
        for (var i = 0; i < 2; i++) server.IO.Accept(new BrokenSession(server));
        var idle = server.Open();
        for (var i = 0; i < 2; i++) server.IO.Accept(new BrokenSession(server));

        server.Clock.Advance(TimeSpan.FromSeconds(12));

        Assert.Equal(DisconnectReason.ForcedClose, await idle.Closed.Within());
        Assert.Equal(4, log.Entries.Count(entry => entry.Level == LogLevel.Error));
        Assert.Equal(0, server.IO.JoinlessCount);
    }

    [Fact]
    public async Task ConnectTimeout_ShorterThanASecond_IsKept()
    {
        using var server = new TestServer(o => o.ConnectTimeout = TimeSpan.FromMilliseconds(10));
        var idle = server.Open();

        server.Clock.Advance(TimeSpan.FromMilliseconds(20));

        Assert.Equal(0, server.IO.JoinlessCount);
        Assert.Equal(DisconnectReason.ForcedClose, await idle.Closed.Within());
    }

    [Fact]
    public async Task Argument_OfAWrongType_IsLoggedForDebuggingOnly()
    {
        var log = new LogRecorder();
        using var server = new TestServer(logger: log);
        server.IO.OnConnection(socket =>
        {
            socket.On<int>("number", value => socket.Emit("number", value));
            socket.On("bad", () => throw new InvalidOperationException("broken"));
        });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["number","seven"]""");
        await client.EmitAsync("""["bad"]""");
        await client.EmitAsync("""["number",7]""");

        Assert.Equal("""2["number",7]""", await client.ReadAsync());
        Assert.Equal(LogLevel.Debug, log.Entries.Single(entry => entry.Text.Contains("event number", StringComparison.Ordinal)).Level);
        Assert.Contains("event bad", log.Entries.Single(entry => entry.Level == LogLevel.Error).Text, StringComparison.Ordinal);
    }

    private sealed class BrokenSession(TestServer server) : EngineSession(EngineVersion.V4, FakeSession.RequestOf(server.IO))
    {
        public override string Transport => EngineTransport.WebSocket;

        public override bool TakesDeflated => false;

        public override bool IsWritable => false;

        public override void Flush()
        {
        }

        public override void Close(string reason = DisconnectReason.ForcedClose) =>
            throw new InvalidOperationException("broken");
    }
}
