using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kodama.SocketIO.Tests;

public partial class EventTests
{
    [Fact]
    public async Task Handlers_OfTypedArguments_GetThem()
    {
        using var server = new TestServer(o => o.Json.TypeInfoResolver = Types.Default);
        var got = new ConcurrentQueue<string>();
        server.IO.OnConnection(socket =>
        {
            socket.On("none", () => got.Enqueue("none"));
            socket.On<string>("one", a => got.Enqueue(a));
            socket.On<int, bool>("two", (a, b) => got.Enqueue($"{a} {b}"));
            socket.On<Move, JsonElement, double>("three", (a, b, c) => got.Enqueue($"{a.X},{a.Y} {b.ValueKind} {c}"));
            socket.On("raw", e => got.Enqueue($"{e.Name} {Bytes.Text(e.Arguments)}"));
            socket.On<string, string>("less", (a, b) => got.Enqueue($"{a}-{b ?? "null"}"));
        });
        var client = await server.ComeAsync();

        string[] events =
        [
            """["none"]""", """["one","a\nb"]""", """["two",-7,true]""", """["three",{"x":1,"y":2},[1],0.5]""", """["raw",1,"2"]""",
            """["less","a"]""",
        ];
        foreach (var sent in events) await client.EmitAsync(sent);

        await Deadline.UntilAsync(() => got.Count == 6);
        Assert.Equal(["none", "a\nb", "-7 True", "1,2 Array 0.5", "raw [1,\"2\"]", "a-null"], got);
    }

    [Fact]
    public async Task Acks_OfHandlers_AnswerOnce()
    {
        using var server = new TestServer(o => o.Json.TypeInfoResolver = Types.Default);
        server.IO.OnConnection(socket =>
        {
            socket.On<Move, Move>("callback", async (move, ack) =>
            {
                await Task.Yield();
                ack(new Move(move.Y, move.X));
                ack(new Move(0, 0));
            });
            socket.On<int, int>("task", async value =>
            {
                await Task.Yield();
                return value + 1;
            });
            socket.On("raw", e => e.Ack("a", 2));
        });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["callback",{"x":1,"y":2}]""", 5);
        Assert.Equal("""35[{"x":2,"y":1}]""", await client.ReadAsync());
        await client.EmitAsync("""["task",41]""", 6);
        Assert.Equal("36[42]", await client.ReadAsync());
        await client.EmitAsync("""["raw"]""", 7);
        Assert.Equal("""37["a",2]""", await client.ReadAsync());
    }

    [Fact]
    public async Task Binary_WithinArguments_ArrivesAsBytesAndLeavesAsAttachments()
    {
        using var server = new TestServer(o => o.Json.TypeInfoResolver = Types.Default);
        server.IO.OnConnection(socket =>
        {
            socket.On<Upload>("upload", upload => socket.Emit("back", new Upload(upload.Name + "!", [.. upload.Bytes, 9])));
            socket.On<ReadOnlyMemory<byte>>("sole", bytes => socket.Emit("sole", bytes));
        });
        var client = await server.ComeAsync();

        await client.Session.SendAsync("""51-["upload",{"name":"a","bytes":{"_placeholder":true,"num":0}}]""");
        await client.Session.SendAsync([1, 2]);
        Assert.Equal("""51-["back",{"name":"a!","bytes":{"_placeholder":true,"num":0}}]""", await client.ReadAsync());
        Assert.Equal("b:010209", await client.ReadAsync());

        await client.Session.SendAsync("""51-["sole",{"_placeholder":true,"num":0}]""");
        await client.Session.SendAsync([7]);
        Assert.Equal("""51-["sole",{"_placeholder":true,"num":0}]""", await client.ReadAsync());
        Assert.Equal("b:07", await client.ReadAsync());
    }

    [Fact]
    public async Task Handler_ThatFails_IsReportedAndEndsNothing()
    {
        using var server = new TestServer();
        var errors = new ConcurrentQueue<Exception>();
        server.IO.OnConnection(socket =>
        {
            socket.OnError(errors.Enqueue);
            socket.On("bad", () => throw new InvalidOperationException("broken"));
            socket.On<int>("number", value => socket.Emit("number", value));
        });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["bad"]""");
        await client.EmitAsync("""["number","seven"]""");
        await client.EmitAsync("""["number",7]""");

        Assert.Equal("""2["number",7]""", await client.ReadAsync());
        Assert.Equal(["InvalidOperationException", "JsonException"], errors.Select(e => e.GetType().Name));
    }

    [Fact]
    public async Task Handlers_OfOneSocket_RunInOrderAndOthersBeside()
    {
        using var server = new TestServer();
        var gate = new TaskCompletionSource();
        server.IO.OnConnection(socket =>
        {
            socket.On("slow", () => gate.Task);
            socket.On<int>("fast", value => socket.Emit("fast", value));
        });
        var first = await server.ComeAsync();
        var second = await server.ComeAsync();

        await first.EmitAsync("""["slow"]""");
        await first.EmitAsync("""["fast",1]""");
        await first.EmitAsync("""["fast",2]""");
        await second.EmitAsync("""["fast",3]""");
        Assert.Equal("""2["fast",3]""", await second.ReadAsync());
        Assert.Empty(first.Session.ReadAll());
        gate.SetResult();

        Assert.Equal("""2["fast",1]""", await first.ReadAsync());
        Assert.Equal("""2["fast",2]""", await first.ReadAsync());
    }

    [Fact]
    public async Task Session_WithAFullQueueOfEvents_ReadsNoFurther()
    {
        using var server = new TestServer(o => o.MaxPendingEvents = 4);
        var gate = new TaskCompletionSource();
        server.IO.OnConnection(socket => { socket.On("slow", () => gate.Task); });
        var client = await server.ComeAsync();

        var sending = Task.CompletedTask;
        for (var i = 0; i < 4 && sending.IsCompleted; i++) sending = client.EmitAsync("""["slow"]""");
        for (var i = 0; i < 4 && sending.IsCompleted; i++) sending = client.EmitAsync("""["slow"]""");

        Assert.False(sending.IsCompleted);
        gate.SetResult();
        await sending.Within();
    }

    [Fact]
    public async Task Session_ThatEndsWithAFullQueue_LetsGo()
    {
        using var server = new TestServer(o => o.MaxPendingEvents = 1);
        var gate = new TaskCompletionSource();
        server.IO.OnConnection(socket => { socket.On("slow", () => gate.Task); });
        var client = await server.ComeAsync();
        var sending = client.EmitAsync("""["slow"]""");
        if (sending.IsCompleted) sending = client.EmitAsync("""["slow"]""");
        if (sending.IsCompleted) sending = client.EmitAsync("""["slow"]""");

        await client.Session.CutAsync(DisconnectReason.PingTimeout);

        await sending.Within();
        gate.SetResult();
    }

    [Fact]
    public async Task Listeners_OfAnyEvent_HearAllOfThem()
    {
        using var server = new TestServer();
        var heard = new ConcurrentQueue<string>();
        server.IO.OnConnection(socket =>
        {
            socket.OnAny(e => heard.Enqueue("in " + e.Name));
            socket.OnAnyOutgoing(e => heard.Enqueue($"out {e.Name} {Bytes.Text(e.Arguments)}"));
            socket.On("a", () => socket.Emit("b", "x\"y"));
        });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["a"]""");
        Assert.Equal("""2["b","x\"y"]""", await client.ReadAsync());
        server.IO.Emit("all", 1);

        Assert.Equal("""2["all",1]""", await client.ReadAsync());
        Assert.Equal(["in a", """out b ["x\"y"]""", "out all [1]"], heard);
    }

    [Fact]
    public async Task Middleware_OfASocket_StandsBeforeItsHandlers()
    {
        using var server = new TestServer();
        var errors = new ConcurrentQueue<string>();
        server.IO.OnConnection(socket =>
        {
            socket.Use((e, next) => next(e.Name == "secret" ? new SocketIOException("not for you") : null));
            socket.OnError(e => errors.Enqueue(e.Message));
            socket.On("secret", () => socket.Emit("told"));
            socket.On("open", () => socket.Emit("open"));
        });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["secret"]""");
        await client.EmitAsync("""["open"]""");

        Assert.Equal("""2["open"]""", await client.ReadAsync());
        Assert.Equal(["not for you"], errors);
    }

    [Fact]
    public async Task Once_AndOff_EndHandlers()
    {
        using var server = new TestServer();
        server.IO.OnConnection(socket =>
        {
            socket.Once("once", _ =>
            {
                socket.Emit("once");
                return Task.CompletedTask;
            });
            socket.On("twice", () => socket.Emit("twice"));
            socket.On("off", () => { socket.Off("twice"); });
            socket.On("end", () => socket.Emit("end"));
        });
        var client = await server.ComeAsync();

        foreach (var name in new[] { "once", "once", "twice", "off", "twice", "end" }) await client.EmitAsync($"""["{name}"]""");

        Assert.Equal("""2["once"]""", await client.ReadAsync());
        Assert.Equal("""2["twice"]""", await client.ReadAsync());
        Assert.Equal("""2["end"]""", await client.ReadAsync());
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("disconnecting")]
    [InlineData("newListener")]
    public void Emit_OfAReservedName_Throws(string name)
    {
        using var server = new TestServer();

        Assert.Throws<ArgumentException>(() => server.IO.Emit(name, 1));
    }

    [Fact]
    public async Task Handler_ThatSendsVeryMuch_DoesNotFillOutboxesOfClientsThatRead()
    {
        const int Many = 40_000;
        using var server = new TestServer();
        server.IO.OnConnection(socket =>
        {
            socket.On("flood", e =>
            {
                for (var i = 0; i < Many; i++)
                {
                    socket.Emit("x");
                    server.IO.Emit("y");
                }
                e.Ack();
            });
        });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["flood"]""", 1);

        for (var i = 0; i < 2 * Many; i++) Assert.Equal(i % 2 == 0 ? "2[\"x\"]" : "2[\"y\"]", await client.ReadAsync());
        Assert.Equal("31[]", await client.ReadAsync());
    }

    [Fact]
    public async Task Data_OfASocket_IsKeptWithIt()
    {
        using var server = new TestServer();
        var client = await server.ComeAsync();

        client.Socket.Data["user"] = "Yui";

        Assert.Equal("Yui", Assert.Single(server.IO.FetchSockets()).Data["user"]);
    }

    [Fact]
    public async Task MalformedPacket_ReachesTheErrorHandlersAndEndsTheSession()
    {
        using var server = new TestServer();
        var told = new ConcurrentQueue<string>();
        server.IO.OnConnection(socket =>
        {
            socket.OnError(e => told.Enqueue(e.Message));
            socket.OnDisconnect(told.Enqueue);
        });
        var client = await server.ComeAsync();
        await client.EmitAsync("""["wait"]""", 1);

        await client.Session.SendAsync("2{\"not\":\"an array\"}");

        Assert.Equal(DisconnectReason.ForcedClose, await client.Session.Closed.Within());
        await Deadline.UntilAsync(() => told.Count == 2);
        Assert.Contains("payload", told.First(), StringComparison.Ordinal);
        Assert.Equal(DisconnectReason.ForcedClose, told.Last());
    }

    [Fact]
    public async Task ErrorHandler_OfAMalformedPacket_IsHeardBeforeTheSessionEnds()
    {
        using var server = new TestServer();
        server.IO.OnConnection(socket =>
        {
            socket.On("first", () => socket.Emit("first"));
            socket.OnError(_ => socket.Emit("wrong"));
        });
        var client = await server.ComeAsync();

        await client.Session.SendAsync("""2["first"]""", "2{}", """2["after"]""");

        Assert.Equal("""2["first"]""", await client.ReadAsync());
        Assert.Equal("""2["wrong"]""", await client.ReadAsync());
        Assert.Equal(DisconnectReason.ForcedClose, await client.Session.Closed.Within());
    }

    [Fact]
    public async Task MalformedPacket_BehindAHandlerThatNeverEnds_EndsTheSessionAllTheSame()
    {
        using var server = new TestServer();
        var never = new TaskCompletionSource();
        server.IO.OnConnection(socket => { socket.On("wait", () => never.Task); });
        var client = await server.ComeAsync();
        await client.Session.SendAsync("""2["wait"]""", "2{}");

        server.Clock.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(DisconnectReason.ForcedClose, await client.Session.Closed.Within());
    }

    internal sealed record Move(int X, int Y);

    internal sealed record Upload(string Name, byte[] Bytes);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Move))]
    [JsonSerializable(typeof(Upload))]
    private sealed partial class Types : JsonSerializerContext;
}
