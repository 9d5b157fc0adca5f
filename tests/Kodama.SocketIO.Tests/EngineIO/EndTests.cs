using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Kodama.Testing;

namespace Kodama.SocketIO.Tests;

/// <summary>Whatever clients do, nothing of them is left.</summary>
public sealed class EndTests
{
    [Fact]
    public async Task Timers_AreThereOnlyWhileThereAreSessions_AndNoneForASession()
    {
        var time = new CountingTimeProvider();
        await using var engine = await TestEngine.StartAsync(clock: time);
        var before = time.Timers;

        var clients = new List<RawClient>();
        for (var i = 0; i < 10; i++) clients.Add(await engine.OpenWebSocketAsync());
        var sid = await engine.OpenAsync();
        var poll = engine.PollAsync(sid);
        await Deadline.UntilAsync(() => engine.Handlers.Last().Session.IsWritable);
        Assert.Equal(before + 1, time.Timers);

        foreach (var client in clients) client.Reset();
        await engine.PostOkAsync(sid, "1");
        Assert.Equal("6", await poll);
        await Deadline.UntilAsync(() => engine.Engine.SessionCount == 0 && time.Timers == before);
    }

    [Fact]
    public async Task Clients_ThatVanishAnywhere_LeaveNothing()
    {
        await using var engine = await TestEngine.StartAsync(o =>
        {
            o.PingInterval = TimeSpan.FromMilliseconds(300);
            o.PingTimeout = TimeSpan.FromMilliseconds(200);
        });
        var random = new Random(1);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 15; i++) await VanishAsync(engine, random);
        }))).Within();

        await Deadline.UntilAsync(() => engine.Engine.SessionCount == 0 && engine.Connections.Count == 0);
        foreach (var handler in engine.Handlers) await handler.Closed;
    }

    [Fact]
    public async Task Session_ThatHasEnded_IsCollected()
    {
        await using var engine = await TestEngine.StartAsync();
        var ended = await EndOneAsync(engine);

        await Deadline.UntilAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !ended.TryGetTarget(out _);
        });
    }

    [Fact]
    public async Task Upgrades_OfManySessionsAtOnce_AreAllServed()
    {
        await using var engine = await TestEngine.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(async () =>
        {
            var sid = await engine.OpenAsync();
            await using var client = await engine.ProbeAsync(sid);
            Assert.Equal("6", await engine.PollAsync(sid));
            await client.SendAsync([.. RawFrame.OfText("5"), .. RawFrame.OfText("4hello")]);
            Assert.Equal("4hello", await client.ReadTextAsync());
        }))).Within();

        await Deadline.UntilAsync(() => engine.Engine.SessionCount == 0 && engine.Connections.Count == 0);
    }

    [Fact]
    public async Task Bodies_OfNonsense_EndOneSessionEach()
    {
        await using var engine = await TestEngine.StartAsync();
        var random = new Random(2);
        for (var i = 0; i < 200; i++)
        {
            var sid = await engine.OpenAsync();
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            if (bytes.Length > 0 && i % 2 == 0) bytes[0] = (byte)"0123456b"[i % 8];
            using var content = new ByteArrayContent(bytes);
            using var response = await engine.Client.PostAsync($"{TestEngine.Path}?{TestEngine.Polling(sid)}", content).Within();
            Assert.Contains(response.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.BadRequest]);
        }
        // The server still serves.
        var last = await engine.OpenAsync();
        await engine.PostOkAsync(last, "4fine");
        Assert.Equal("4fine", await engine.PollAsync(last));
    }

    [Theory]
    [InlineData("\u001e", 900_000, 0)]
    [InlineData("4\u001e", 450_000, 16_384)]
    [InlineData("4x\u001e", 16_383, 16_383)]
    public async Task Body_OfCountlessPackets_EndsTheSessionEarly(string packet, int count, int told)
    {
        await using var engine = await TestEngine.StartAsync(prepare: h => h.Echoes = false);
        var sid = await engine.OpenAsync();

        // Behind the last separator there is an empty packet.
        await engine.PostOkAsync(sid, string.Concat(Enumerable.Repeat(packet, count)));

        Assert.Equal(DisconnectReason.ParseError, await engine.Handler.Closed);
        Assert.Equal(told, engine.Handler.Received);
    }

    [Fact]
    public async Task Bodies_OfManyPostsAtOnce_AreBoundedTogether()
    {
        const int Size = 100_000;
        await using var engine = await TestEngine.StartAsync(kodama: o => o.MaxIncomingBytes = 8 * 128 * 1024);
        var budget = engine.Engine.Incoming.Budget;
        var clients = new List<RawClient>();
        for (var i = 0; i < 8; i++)
        {
            var client = await RawClient.ConnectAsync(engine.Http);
            clients.Add(client);
            await client.SendTextAsync(
                $"POST /socket.io/?{TestEngine.Polling(await engine.OpenAsync())} HTTP/1.1\r\n"
                + $"Host: {client.Authority}\r\nContent-Length: {Size}\r\n\r\n");
            await client.SendAsync(new byte[Size - 1]);
        }
        await Deadline.UntilAsync(() => budget.Held == 8 * 128 * 1024);
        var sid = await engine.OpenAsync();

        using var refused = await engine.PostAsync(sid, "4" + new string('x', 10_000));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await engine.PostOkAsync(sid, "4" + new string('x', 1000));

        foreach (var client in clients) client.Reset();
        await Deadline.UntilAsync(() => budget.Held == 0);
        await engine.PostOkAsync(sid, "4" + new string('x', 10_000));
    }

    [Fact]
    public async Task Body_ThatIsNotWholeInTime_IsRefusedAndEndsItsSession()
    {
        var clock = new FakeClock();
        await using var engine = await TestEngine.StartAsync(clock: clock);
        await using var client = await RawClient.ConnectAsync(engine.Http);
        await client.SendTextAsync(
            $"POST /socket.io/?{TestEngine.Polling(await engine.OpenAsync())} HTTP/1.1\r\n"
            + $"Host: {client.Authority}\r\nContent-Length: 100000\r\n\r\n");
        await client.SendAsync(new byte[50_000]);
        await Deadline.UntilAsync(() => engine.Engine.Incoming.Budget.Held > 0);

        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(408, (await client.ReadResponseAsync())!.Status);
        Assert.Equal(DisconnectReason.TransportError, await engine.Handler.Closed);
        Assert.Equal(0, engine.Engine.Incoming.Budget.Held);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n4hello", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n4hello", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nno\r\n4hello", 400)]
    [InlineData("Origin: {0}\r\nOrigin: http://evil.example\r\nContent-Length: 6\r\n\r\n4hello", 400)]
    public async Task Request_ThatIsMalformed_IsRefusedAndNoError(string rest, int status)
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await RawClient.ConnectAsync(engine.Http);
        rest = rest.Replace("{0}", engine.Http.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);

        await client.SendTextAsync(
            $"POST /socket.io/?{TestEngine.Polling(await engine.OpenAsync())} HTTP/1.1\r\nHost: {client.Authority}\r\n{rest}");

        Assert.Equal(status, (await client.ReadResponseAsync())!.Status);
        Assert.Equal(0, engine.Handler.Received);
    }

    [Fact]
    public async Task Answer_ThatIsNotTaken_IsCutOffWithItsSession()
    {
        var clock = new FakeClock();
        await using var engine = await TestEngine.StartAsync(clock: clock);
        var sid = await engine.OpenAsync();
        // More than the socket's buffers take.
        for (var i = 0; i < 16; i++) engine.Handler.Send(new string('x', 1024 * 1024));
        engine.Handler.Send(new string('y', 32 * 1024 * 1024));
        await using var client = await RawClient.ConnectAsync(engine.Http, receiveBuffer: 4096);
        for (var i = 0; i < 17; i++)
        {
            await client.SendTextAsync($"GET /socket.io/?{TestEngine.Polling(sid)} HTTP/1.1\r\nHost: {client.Authority}\r\n\r\n");
            if (i < 16) Assert.Equal(1024 * 1024 + 1, (await client.ReadResponseAsync())!.Body.Length);
        }
        Assert.StartsWith("HTTP/1.1 200", await client.ReadHeadAsync(), StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromSeconds(46));

        Assert.Equal(DisconnectReason.PingTimeout, await engine.Handler.Closed);
        await client.WaitForEndAsync();
    }

    private static async Task VanishAsync(TestEngine engine, Random random)
    {
        int kind;
        bool reads;
        lock (random) (kind, reads) = (random.Next(6), random.Next(2) == 0);
        if (kind == 0)
        {
            await engine.OpenAsync();
            return;
        }
        var client = await RawClient.ConnectAsync(engine.Http);
        if (kind == 1)
        {
            await client.SendTextAsync(client.UpgradeHead($"{TestEngine.Path}?EIO=4&transport=websocket"));
            if (reads) await client.ReadHeadAsync();
        }
        else
        {
            var sid = await engine.OpenAsync();
            var head = $"/socket.io/?{TestEngine.Polling(sid)} HTTP/1.1\r\nHost: {client.Authority}\r\n";
            var upgrade = client.UpgradeHead($"{TestEngine.Path}?{TestEngine.WebSocket(sid)}");
            var sent = kind switch
            {
                2 => Encoding.ASCII.GetBytes($"GET {head}\r\n"),
                3 => Encoding.ASCII.GetBytes($"POST {head}Content-Length: 100\r\n\r\n4"),
                4 => Encoding.ASCII.GetBytes(upgrade),
                _ => [.. Encoding.ASCII.GetBytes(upgrade), .. RawFrame.OfText("2probe"), .. RawFrame.OfText("5")],
            };
            await client.SendAsync(sent);
        }
        client.Reset();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference<EngineSession>> EndOneAsync(TestEngine engine)
    {
        await engine.OpenAsync();
        var client = await engine.ProbeAsync(engine.Handler.Session.Id);
        await client.SendAsync([.. RawFrame.OfText("5"), .. RawFrame.OfText("4x")]);
        Assert.Equal("4x", await client.ReadTextAsync());
        var reference = new WeakReference<EngineSession>(engine.Handler.Session);
        await client.SendAsync(RawFrame.OfClose(1000));
        await engine.Handler.Closed;
        engine.Handlers.Clear();
        await client.WaitForEndAsync();
        await client.DisposeAsync();
        return reference;
    }
}
