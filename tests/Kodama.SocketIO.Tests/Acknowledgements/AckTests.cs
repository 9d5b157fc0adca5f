using System.Text.Json;

namespace Kodama.SocketIO.Tests;

public class AckTests
{
    [Fact]
    public async Task EmitWithAck_InsideAHandler_IsAnsweredPastTheQueue()
    {
        using var server = new TestServer();
        server.IO.OnConnection(socket =>
        {
            socket.On("ask", async () => socket.Emit("answer", await socket.EmitWithAckAsync<string, string>("question", "why?")));
        });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["ask"]""");
        Assert.Equal("""20["question","why?"]""", await client.ReadAsync());
        await client.Session.SendAsync("""30["because"]""");

        Assert.Equal("""2["answer","because"]""", await client.ReadAsync());
        Assert.Equal(0, client.Socket.Link.PendingAcks);
    }

    [Fact]
    public async Task Ack_ThatDoesNotComeInTime_IsReleased()
    {
        using var server = new TestServer();
        var client = await server.ComeAsync();

        var asking = client.Socket.Timeout(TimeSpan.FromSeconds(5)).EmitWithAckAsync<string>("ask");
        server.Clock.Advance(TimeSpan.FromSeconds(6));

        await Assert.ThrowsAsync<TimeoutException>(() => asking.Within());
        Assert.Equal(0, client.Socket.Link.PendingAcks);
        await client.Session.SendAsync("30[1]");
        Assert.False(client.Session.Closed.IsCompleted);
    }

    [Fact]
    public async Task Ack_OfASocketThatEnds_IsReleased()
    {
        using var server = new TestServer();
        var client = await server.ComeAsync();
        var socket = client.Socket;
        var asking = socket.EmitWithAckAsync<string>("ask");

        await client.Session.CutAsync();

        await Assert.ThrowsAsync<SocketIOException>(() => asking.Within());
        await Assert.ThrowsAsync<SocketIOException>(() => socket.EmitWithAckAsync<string>("ask").Within());
    }

    [Fact]
    public async Task Ack_OfAnotherType_IsTheCallersError()
    {
        using var server = new TestServer();
        var client = await server.ComeAsync();
        var asking = client.Socket.EmitWithAckAsync<int>("ask");

        await client.Session.SendAsync("""30["no number"]""");

        await Assert.ThrowsAsync<JsonException>(() => asking.Within());
    }

    [Fact]
    public async Task Ack_WithBytes_IsKeptByTheCaller()
    {
        using var server = new TestServer();
        var client = await server.ComeAsync();
        var asking = client.Socket.EmitWithAckAsync<ReadOnlyMemory<byte>>("ask");
        byte[] bytes = [1, 2];

        await client.Session.SendAsync("""61-0[{"_placeholder":true,"num":0}]""");
        await client.Session.SendAsync(bytes);
        bytes[0] = 99;

        Assert.Equal([1, 2], (await asking.Within()).ToArray());
    }

    [Fact]
    public async Task Acks_BeyondTheBound_AreRefused()
    {
        using var server = new TestServer(o => o.MaxPendingAcks = 2);
        var client = await server.ComeAsync();
        _ = client.Socket.EmitWithAckAsync<int>("a");
        _ = client.Socket.EmitWithAckAsync<int>("b");

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.Socket.EmitWithAckAsync<int>("c"));
    }

    [Fact]
    public async Task Broadcast_WithAcks_EndsWithAllAnswers()
    {
        using var server = new TestServer();
        var a = await server.ComeAsync();
        var b = await server.ComeAsync();
        var raw = await server.ComeRawAsync();

        var asking = server.IO.EmitWithAckAsync<string, int>("ask", "?");
        Assert.Equal("""20["ask","?"]""", await a.ReadAsync());
        Assert.Equal("""20["ask","?"]""", await b.ReadAsync());
        await b.Session.SendAsync("30[2]");
        Assert.False(asking.IsCompleted);
        await a.Session.SendAsync("30[1]");

        var answers = await asking.Within();
        Assert.True(answers.IsComplete);
        Assert.Equal([2, 1], answers.Answers);
        Assert.Equal("""{"event":"ask","args":["?"]}|""", raw.Got);
    }

    [Fact]
    public async Task Broadcast_WithAcksThatDoNotCome_EndsWithThoseThatDid()
    {
        using var server = new TestServer();
        var a = await server.ComeAsync();
        var b = await server.ComeAsync();
        var c = await server.ComeAsync();

        var asking = server.IO.Timeout(TimeSpan.FromSeconds(1)).EmitWithAckAsync<int>("ask");
        await a.Session.SendAsync("30[1]");
        await b.Session.SendAsync("""30["nonsense"]""");
        server.Clock.Advance(TimeSpan.FromSeconds(2));

        var answers = await asking.Within();
        Assert.False(answers.IsComplete);
        Assert.Equal([1], answers.Answers);
        Assert.Equal(3, answers.Expected);
        Assert.Equal(0, c.Socket.Link.PendingAcks);
    }

    [Fact]
    public async Task Broadcast_WithAcksOfSocketsThatEnd_WaitsForTheOthersOnly()
    {
        using var server = new TestServer();
        var a = await server.ComeAsync();
        var b = await server.ComeAsync();

        var asking = server.IO.EmitWithAckAsync<int>("ask");
        await a.Session.CutAsync();
        await b.Session.SendAsync("30[1]");

        Assert.Equal([1], (await asking.Within()).Answers);
    }

    [Fact]
    public async Task Broadcast_WithAcksToNobody_EndsAtOnce()
    {
        using var server = new TestServer();

        Assert.Equal(0, (await server.IO.To("nobody").EmitWithAckAsync<int>("ask").Within()).Expected);
    }

    [Fact]
    public async Task Callback_OfAnAck_LetsTheNextEventsThrough()
    {
        using var server = new TestServer();
        server.IO.OnConnection(socket =>
        {
            socket.On("ask", () => socket.EmitWithAck<string, int>("question", "why", (error, answer) => socket.Emit("got", answer)));
            socket.On("other", () => socket.Emit("other"));
        });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["ask"]""");
        Assert.Equal("""20["question","why"]""", await client.ReadAsync());
        await client.EmitAsync("""["other"]""");
        Assert.Equal("""2["other"]""", await client.ReadAsync());
        await client.EmitAckAsync(0, "[7]");

        Assert.Equal("""2["got",7]""", await client.ReadAsync());
    }

    [Fact]
    public async Task Callback_OfAnAckThatDoesNotCome_IsToldWhy()
    {
        using var server = new TestServer();
        var client = await server.ComeAsync();
        var told = new TaskCompletionSource<Exception?>();

        client.Socket.Timeout(TimeSpan.FromSeconds(5)).EmitWithAck<int>("ask", (error, _) => told.SetResult(error));
        server.Clock.Advance(TimeSpan.FromSeconds(6));

        Assert.IsType<TimeoutException>(await told.Task.Within());
    }

    [Fact]
    public async Task Callback_OfABroadcast_IsToldTheAnswers()
    {
        using var server = new TestServer();
        var (a, b) = (await server.ComeAsync(), await server.ComeAsync());
        var told = new TaskCompletionSource<BroadcastAcks<int>>();

        server.IO.EmitWithAck<int>("ask", told.SetResult);
        await a.EmitAckAsync(0, "[1]");
        await b.EmitAckAsync(0, "[2]");

        Assert.Equal([1, 2], (await told.Task.Within()).Answers);
    }

    [Fact]
    public async Task Answer_WithAllItsArguments_IsRead()
    {
        using var server = new TestServer();
        var client = await server.ComeAsync();
        var asking = client.Socket.EmitWithAckAsync<int, int, int, SocketIOAnswer>("ask", 1, 2, 3);
        Assert.Equal("""20["ask",1,2,3]""", await client.ReadAsync());

        await client.Session.SendAsync("""61-0["a",{"_placeholder":true,"num":0},3]""");
        await client.Session.SendAsync([9]);

        var answer = (await asking.Within())!;
        Assert.Equal("a", answer.Get<string>(0));
        Assert.Equal([9], answer.Get<byte[]>(1)!);
        Assert.Equal(3, answer.Get<int>(2));
        Assert.Equal(0, answer.Get<int>(3));
    }

    [Fact]
    public async Task Payload_WithAnAck_GoesAsItIs()
    {
        using var server = new TestServer();
        var client = await server.ComeAsync();

        var asking = client.Socket.EmitWithAckAsync<string>("ask", Payload.Arguments("[1,2,3,4,5,6]"u8.ToArray()));

        Assert.Equal("""20["ask",1,2,3,4,5,6]""", await client.ReadAsync());
        await client.EmitAckAsync(0, "[\"yes\"]");
        Assert.Equal("yes", await asking.Within());
    }
}
