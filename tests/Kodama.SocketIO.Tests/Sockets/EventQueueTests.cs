namespace Kodama.SocketIO.Tests;

public class EventQueueTests
{
    private static readonly string Large = $"""["slow","{new string('x', 300_000)}"]""";

    [Fact]
    public async Task LargeEvents_ThatWaitForHandlers_StopTheReadingByTheirBytes()
    {
        using var server = new TestServer();
        var gate = new TaskCompletionSource();
        server.IO.OnConnection(socket => { socket.On("slow", () => gate.Task); });
        var client = await server.ComeAsync();

        var taken = 0;
        var sending = client.EmitAsync(Large);
        for (; taken < 10 && sending.IsCompleted; taken++) sending = client.EmitAsync(Large);

        // Four are more than 1 MiB, and one may be with its handler.
        Assert.InRange(taken, 3, 4);
        gate.SetResult();
        await sending.Within();
    }

    [Fact]
    public async Task OneEvent_OfAnySize_IsHandled()
    {
        using var server = new TestServer();
        server.IO.OnConnection(socket => { socket.On<string>("much", text => socket.Emit("got", text.Length)); });
        var client = await server.ComeAsync();

        await client.EmitAsync($"""["much","{new string('x', 3_000_000)}"]""").Within();

        Assert.Equal("""2["got",3000000]""", await client.ReadAsync());
    }

    [Fact]
    public async Task Handler_ThatWaitsForAnAckBehindAFullQueue_GetsIt()
    {
        using var server = new TestServer(o => o.MaxPendingEvents = 4);
        server.IO.OnConnection(socket =>
        {
            socket.On("ask", async () => socket.Emit("got", await socket.EmitWithAckAsync<int>("how many")));
        });
        var client = await server.ComeAsync();
        await client.EmitAsync("""["ask"]""");
        Assert.Equal("20[\"how many\"]", await client.ReadAsync());

        for (var i = 0; i < 6; i++) await client.EmitAsync("""["other"]""").Within();
        await client.EmitAckAsync(0, "[7]").Within();

        Assert.Equal("""2["got",7]""", await client.ReadAsync());
    }

    [Fact]
    public async Task Session_ThatIsReadNoFurther_IsReadOnWhenAnAckIsExpected()
    {
        using var server = new TestServer(o => o.MaxPendingEvents = 2);
        var gate = new TaskCompletionSource();
        server.IO.OnConnection(socket =>
        {
            socket.On("ask", async () =>
            {
                await gate.Task;
                socket.Emit("got", await socket.EmitWithAckAsync<int>("how many"));
            });
        });
        var client = await server.ComeAsync();
        var sending = client.EmitAsync("""["ask"]""");
        for (var i = 0; i < 4 && sending.IsCompleted; i++) sending = client.EmitAsync("""["other"]""");
        Assert.False(sending.IsCompleted);

        gate.SetResult();

        Assert.Equal("20[\"how many\"]", await client.ReadAsync());
        await client.EmitAckAsync(0, "[7]").Within();
        Assert.Equal("""2["got",7]""", await client.ReadAsync());
    }

    [Fact]
    public async Task Client_ThatSendsWithoutEndInsteadOfAnAck_IsEnded()
    {
        using var server = new TestServer(o => o.MaxPendingEvents = 4);
        var reason = "";
        server.IO.OnConnection(socket =>
        {
            socket.On("ask", () => socket.EmitWithAckAsync<int>("how many"));
            socket.OnDisconnect(text => reason = text);
        });
        var client = await server.ComeAsync();
        await client.EmitAsync("""["ask"]""");
        await client.ReadAsync();

        for (var i = 0; i < 20; i++) await client.EmitAsync("""["other"]""").Within();

        Assert.Equal(DisconnectReason.ForcedClose, await client.Session.Closed.Within());
        await Deadline.UntilAsync(() => reason == DisconnectReason.ForcedServerClose);
    }
}
