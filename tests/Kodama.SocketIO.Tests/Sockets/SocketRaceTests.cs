namespace Kodama.SocketIO.Tests;

/// <summary>Many sockets at once, on all threads: nothing is left of them afterwards.</summary>
public class SocketRaceTests
{
    private const int Sockets = 1000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ThousandSockets_JoiningLeavingAndBroadcasting_LeaveNothing(bool recovers)
    {
        using var server = new TestServer(
            o => o.ConnectionStateRecovery = recovers ? new() : null,
            hub: new HubOptions { Outbox = { MaxFrames = 1_000_000, MaxBytes = 1 << 28 } });
        var disconnected = 0;
        server.IO.OnConnection(socket =>
        {
            socket.On<string>("join", room => socket.JoinAsync(room));
            socket.On<string>("leave", room => socket.LeaveAsync(room));
            socket.On<string>("tell", room => socket.To(room).Emit("told", 1));
            socket.On<int, int>("ask", value => Task.FromResult(value));
            socket.OnDisconnect(_ => { Interlocked.Increment(ref disconnected); });
        });

        await Task.WhenAll(Enumerable.Range(0, Sockets).Select(i => Task.Run(() => LiveAsync(server, i))))
            .WaitAsync(TimeSpan.FromSeconds(120));

        await Deadline.UntilAsync(() => Volatile.Read(ref disconnected) == Sockets);
        if (recovers) server.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(0, server.IO.Away?.Count ?? 0);
        Assert.Empty(server.Hub.Peers);
        Assert.All(server.Hub.Rooms, room => Assert.Empty(room.Peers));
        Assert.Empty(server.IO.Sockets);
        Assert.Equal(0, server.IO.JoinlessCount);
        // The waiter goes on before its timer is taken back; left are the server's own, and the hub's while it has rooms.
        await Deadline.UntilAsync(() => server.Clock.TimerCount <= 2);
    }

    [Fact]
    public async Task Acks_OfManySockets_AreAnsweredOnceEach()
    {
        using var server = new TestServer();
        var clients = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => server.ComeAsync()));

        var asking = server.IO.EmitWithAckAsync<int>("ask");
        var singles = clients.Select(c => c.Socket.EmitWithAckAsync<int>("one")).ToList();
        await Task.WhenAll(clients.Select((client, i) => Task.Run(async () =>
        {
            foreach (var packet in new[] { await client.ReadAsync(), await client.ReadAsync() })
            {
                var answer = $"3{packet[1..packet.IndexOf('[', StringComparison.Ordinal)]}[{i}]";
                // Twice: the second counts for nothing.
                await client.Session.SendAsync(answer);
                await client.Session.SendAsync(answer);
            }
        }))).Within();

        Assert.Equal(Enumerable.Range(0, 200), (await asking.Within()).Answers.Order());
        Assert.Equal(Enumerable.Range(0, 200), await Task.WhenAll(singles).Within());
        Assert.All(clients, client => Assert.Equal(0, client.Socket.Link.PendingAcks));
        // The waiter goes on before its timer is taken back; left are the server's own, and the hub's while it has rooms.
        await Deadline.UntilAsync(() => server.Clock.TimerCount <= 2);
    }

    [Fact]
    public async Task DynamicNamespaces_ThatComeAndGo_AreGone()
    {
        using var server = new TestServer(o => o.AnyNamespace = true);

        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Task.Run(async () =>
        {
            var session = server.Open();
            for (var n = 0; n < 3; n++)
            {
                await session.SendAsync($"0/room{(i + n) % 5},");
                Assert.StartsWith("0/room", await session.ReadAsync(), StringComparison.Ordinal);
            }
            await session.CutAsync();
        }))).Within();

        Assert.Empty(server.Hub.Peers);
        Assert.Empty(server.Hub.Rooms);
        Assert.Equal(1, server.IO.NamespaceCount);
    }

    [Fact]
    public async Task Disconnect_BesideAThreadThatSends_IsAlwaysTold()
    {
        using var server = new TestServer();
        var session = server.Open();
        var stop = false;
        var flushing = Task.Run(() =>
        {
            while (!Volatile.Read(ref stop)) session.Flush();
        });

        try
        {
            for (var i = 0; i < 2_000; i++)
            {
                await session.SendAsync("0");
                Assert.StartsWith("0{", await session.ReadAsync(), StringComparison.Ordinal);
                Assert.Single(server.IO.Sockets).Value.Disconnect();
                Assert.Equal("1", await session.ReadAsync());
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
        }
        await flushing.Within();
    }

    private static async Task LiveAsync(TestServer server, int i)
    {
        var client = await server.ComeAsync();
        for (var n = 0; n < 3; n++)
        {
            await client.EmitAsync($"""["join","room{(i + n) % 20}"]""");
            await client.EmitAsync($"""["tell","room{(i + n) % 20}"]""");
            await client.EmitAsync($"""["leave","room{(i + n) % 20}"]""");
        }
        await client.EmitAsync($"""["ask",{i}]""", i);
        string answer;
        do answer = await client.ReadAsync();
        while (answer[0] != '3');
        Assert.Equal($"3{i}[{i}]", answer);
        if (i % 3 == 0) await client.Session.SendAsync("1");
        if (i % 3 == 1) client.Socket.Disconnect();
        await client.Session.CutAsync();
    }
}
