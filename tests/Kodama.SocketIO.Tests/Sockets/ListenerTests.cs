using System.Collections.Concurrent;

namespace Kodama.SocketIO.Tests;

/// <summary>Handlers that come and go, in node's order.</summary>
public class ListenerTests
{
    private readonly ConcurrentQueue<string> heard = new();

    [Fact]
    public async Task Off_WithAHandler_TakesThatOneOut()
    {
        using var server = new TestServer();
        Action first = () => heard.Enqueue("first");
        Action<int> second = value => heard.Enqueue($"second {value}");
        server.IO.OnConnection(socket =>
        {
            socket.On("x", first).On("x", second).On("x", first);
            Assert.Equal([first, second, first], socket.Listeners("x"));
            socket.Off("x", first);
            Assert.Equal([first, second], socket.Listeners("x"));
            socket.On("end", e => e.Ack());
        });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["x",7]""");
        await client.EmitAsync("""["end"]""", 1);

        Assert.Equal("31[]", await client.ReadAsync());
        Assert.Equal(["first", "second 7"], heard);
    }

    [Fact]
    public async Task Any_PrependedAndTakenOut()
    {
        using var server = new TestServer();
        Action<SocketIOEvent> second = e => heard.Enqueue("second " + e.Name);
        Action<SocketIOEvent> outgoing = e => heard.Enqueue("out " + e.Name);
        server.IO.OnConnection(socket =>
        {
            socket.OnAny(second).PrependAny(e => heard.Enqueue("first " + e.Name));
            Assert.Equal(2, socket.ListenersAny().Count);
            socket.OnAnyOutgoing(outgoing);
            socket.On("off", e =>
            {
                socket.Emit("told");
                socket.OffAny(second).OffAnyOutgoing();
                Assert.Empty(socket.ListenersAnyOutgoing());
                socket.Emit("not told");
                e.Ack();
            });
        });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["a"]""");
        await client.EmitAsync("""["off"]""", 1);
        await client.EmitAsync("""["off"]""", 2);
        for (string packet = ""; packet != "32[]";) packet = await client.ReadAsync();

        Assert.Equal(["first a", "second a", "first off", "second off", "out told", "first off"], heard);
    }

    [Fact]
    public async Task Middleware_ThatChangesAnEvent_HasItHandledAsTheOther()
    {
        using var server = new TestServer();
        server.IO.OnConnection(socket =>
        {
            socket.Use((e, next) =>
            {
                if (e.Name == "old") (e.Name, _) = ("new", 0);
                if (e.Get<int>(0) == 1) e.SetArguments(2, new byte[] { 9 });
                return next();
            });
            socket.On<int, SocketIOValue?>("new", (number, bytes) => socket.Emit("got", number, bytes));
        });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["old",7]""");
        await client.EmitAsync("""["new",1]""");

        Assert.Equal("""2["got",7,null]""", await client.ReadAsync());
        Assert.Equal("""51-["got",2,{"_placeholder":true,"num":0}]""", await client.ReadAsync());
        Assert.Equal("b:09", await client.ReadAsync());
    }

    [Fact]
    public async Task Arguments_UpToFive_AndAcksOfTwo()
    {
        using var server = new TestServer();
        server.IO.OnConnection(socket =>
        {
            socket.On<int, int, int>("add", (a, b, ack) => ack(a + b));
            socket.On<int, int, int>("multiply", (a, b) => Task.FromResult(a * b));
            socket.On("five", e => e.Ack(1, "2", 3.5, true, new byte[] { 5 }));
            socket.On("raw", e => e.Ack(Payload.Arguments("[1,2,3,4,5,6]"u8.ToArray())));
            socket.On("emit", () => socket.Emit("e", 1, 2, 3, 4, "5"));
        });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["add",2,3]""", 1);
        Assert.Equal("31[5]", await client.ReadAsync());
        await client.EmitAsync("""["multiply",2,3]""", 2);
        Assert.Equal("32[6]", await client.ReadAsync());
        await client.EmitAsync("""["five"]""", 3);
        Assert.Equal("""61-3[1,"2",3.5,true,{"_placeholder":true,"num":0}]""", await client.ReadAsync());
        Assert.Equal("b:05", await client.ReadAsync());
        await client.EmitAsync("""["raw"]""", 4);
        Assert.Equal("34[1,2,3,4,5,6]", await client.ReadAsync());
        await client.EmitAsync("""["emit"]""");
        Assert.Equal("""2["e",1,2,3,4,"5"]""", await client.ReadAsync());
    }
}
