using System.Net;
using Kodama.Testing;

namespace Kodama.SocketIO.Tests;

public sealed class UpgradeTests
{
    [Fact]
    public async Task Upgrade_LetsPollingGoAndContinues()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        var waiting = await engine.BeginPollAsync(sid);

        await using var client = await engine.ProbeAsync(sid);
        Assert.Equal("6", await waiting);
        Assert.Equal("6", await engine.PollAsync(sid));
        engine.Handler.Send("between");
        Assert.Equal("4between", await engine.PollAsync(sid));
        Assert.Equal(EngineTransport.Polling, engine.Handler.Session.Transport);
        engine.Handler.Send("waits");
        await client.SendAsync([.. RawFrame.OfText("5"), .. RawFrame.OfText("4hello")]);

        Assert.Equal("4waits", await client.ReadTextAsync());
        Assert.Equal("4hello", await client.ReadTextAsync());
        Assert.Equal(EngineTransport.WebSocket, engine.Handler.Session.Transport);
        Assert.Equal(1, engine.Handler.Upgrades);
        using var late = await engine.GetAsync(TestEngine.Polling(sid));
        Assert.Equal("{\"code\":3,\"message\":\"Bad request\"}", await late.Content.ReadAsStringAsync());
        using var posted = await engine.PostAsync(sid, "4late");
        Assert.Equal(HttpStatusCode.BadRequest, posted.StatusCode);
    }

    [Fact]
    public async Task Probe_LetsAGetGoAsLateAsNode()
    {
        var clock = new FakeClock();
        await using var engine = await TestEngine.StartAsync(clock: clock);
        var sid = await engine.OpenAsync();
        var waiting = await engine.BeginPollAsync(sid);
        await using var client = await engine.ProbeAsync(sid);

        clock.Advance(TimeSpan.FromMilliseconds(99));
        engine.Handler.Send("before");
        Assert.Equal("4before", await waiting);
        for (var i = 0; i < 2; i++)
        {
            var next = await engine.BeginPollAsync(sid);
            clock.Advance(TimeSpan.FromMilliseconds(100));
            Assert.Equal("6", await next);
        }
    }

    [Fact]
    public async Task Upgrade_WithoutAProbe_IsOne()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        var waiting = await engine.BeginPollAsync(sid);
        await using var client = await engine.ConnectAsync(TestEngine.WebSocket(sid));

        await client.SendAsync([.. RawFrame.OfText("5"), .. RawFrame.OfText("4hello")]);

        Assert.Equal("6", await waiting);
        Assert.Equal("4hello", await client.ReadTextAsync());
    }

    [Theory]
    [InlineData("4hello")]
    [InlineData("2")]
    [InlineData("3probe")]
    [InlineData("x")]
    public async Task Probe_OfAnythingElse_IsClosedAndPollingGoesOn(string packet)
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        await using var client = await engine.ConnectAsync(TestEngine.WebSocket(sid));

        await client.SendAsync(RawFrame.OfText(packet));

        Assert.Empty((await client.ReadCloseAsync()).Payload);
        await AssertPollingAsync(engine, sid);
        await using var next = await engine.ProbeAsync(sid);
    }

    [Fact]
    public async Task Probe_ThatVanishes_LeavesPolling()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        var client = await engine.ProbeAsync(sid);

        client.Reset();

        await Deadline.UntilAsync(() => engine.Connections.Count == 0);
        await AssertPollingAsync(engine, sid);
        await using var next = await engine.ProbeAsync(sid);
    }

    [Fact]
    public async Task Probe_ThatTakesTooLong_IsClosedAndPollingGoesOn()
    {
        var clock = new FakeClock();
        await using var engine = await TestEngine.StartAsync(clock: clock);
        var sid = await engine.OpenAsync();
        await using var client = await engine.ProbeAsync(sid);

        clock.Advance(TimeSpan.FromSeconds(11));

        Assert.Empty((await client.ReadCloseAsync()).Payload);
        await AssertPollingAsync(engine, sid);
    }

    [Fact]
    public async Task Probe_AgainAndAgain_HasNoMoreTime()
    {
        var clock = new FakeClock();
        await using var engine = await TestEngine.StartAsync(clock: clock);
        var sid = await engine.OpenAsync();
        await using var client = await engine.ProbeAsync(sid);
        for (var i = 0; i < 110; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(95));
            await client.SendAsync(RawFrame.OfText("2probe"));
            if ((await client.ReadFrameAsync())!.Opcode == RawFrame.CloseOpcode) return;
        }
        Assert.Fail("The probe lives on after upgradeTimeout.");
    }

    [Fact]
    public async Task WebSocket_WhileAnotherProbesOrHasUpgraded_IsClosed()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        await using var client = await engine.ProbeAsync(sid);

        await using var second = await engine.ConnectAsync(TestEngine.WebSocket(sid));
        Assert.Empty((await second.ReadCloseAsync()).Payload);
        await client.SendAsync([.. RawFrame.OfText("5"), .. RawFrame.OfText("4a")]);
        Assert.Equal("4a", await client.ReadTextAsync());
        await using var third = await engine.ConnectAsync(TestEngine.WebSocket(sid));
        Assert.Empty((await third.ReadCloseAsync()).Payload);

        await client.SendAsync(RawFrame.OfText("4b"));
        Assert.Equal("4b", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Session_EndingWhileAProbeIsThere_ClosesIt()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        await using var client = await engine.ProbeAsync(sid);

        await engine.PostOkAsync(sid, "1");

        Assert.Empty((await client.ReadCloseAsync()).Payload);
        Assert.Equal(DisconnectReason.TransportClose, await engine.Handler.Closed);
    }

    [Fact]
    public async Task Session_ClosingBeforeTheUpgrade_ClosesTheWebSocketAfterWhatWaits()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        await using var client = await engine.ProbeAsync(sid);
        engine.Handler.Send("last");
        engine.Handler.Session.Close();

        await client.SendAsync(RawFrame.OfText("5"));

        Assert.Equal("4last", await client.ReadTextAsync());
        Assert.Empty((await client.ReadCloseAsync()).Payload);
        await client.SendAsync(RawFrame.Masked(RawFrame.CloseOpcode, []));
        Assert.Equal(DisconnectReason.ForcedClose, await engine.Handler.Closed);
    }

    [Fact]
    public async Task Upgrade_WhileAPostIsHandled_WaitsForIt()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var engine = await TestEngine.StartAsync(prepare: h => h.OnText = text =>
        {
            if (text != "first") return Task.CompletedTask;
            entered.SetResult();
            return release.Task;
        });
        var sid = await engine.OpenAsync();
        await using var client = await engine.ProbeAsync(sid);
        var post = engine.PostAsync(sid, "4first");
        await entered.Task.Within();

        await client.SendAsync([.. RawFrame.OfText("5"), .. RawFrame.OfText("4second")]);
        await Deadline.UntilAsync(() => engine.Handler.Session.Transport == EngineTransport.WebSocket);
        Assert.Equal(0, engine.Handler.Upgrades);
        release.SetResult();

        Assert.Equal("first", await engine.Handler.ReceiveAsync());
        Assert.Equal("second", await engine.Handler.ReceiveAsync());
        Assert.Equal("4first", await client.ReadTextAsync());
        Assert.Equal("4second", await client.ReadTextAsync());
        using var posted = await post;
        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("f")]
    public async Task Upgrade_WhileAPostIsRead_RefusesIt(string rest)
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        await using var client = await engine.ProbeAsync(sid);
        await using var slow = await RawClient.ConnectAsync(engine.Http);
        await slow.SendTextAsync(
            $"POST /socket.io/?{TestEngine.Polling(sid)} HTTP/1.1\r\nHost: {slow.Authority}\r\nContent-Length: 8001\r\n\r\n"
            + new string('4', 8000));
        await Deadline.UntilAsync(() => engine.Engine.Incoming.Budget.Held > 0);

        await client.SendAsync([.. RawFrame.OfText("5"), .. RawFrame.OfText("4up")]);
        Assert.Equal("4up", await client.ReadTextAsync());
        await slow.SendTextAsync(rest);

        var refused = await slow.ReadResponseAsync();
        Assert.Equal(400, refused!.Status);
        Assert.Equal("{\"code\":3,\"message\":\"Bad request\"}", refused.Body);
        await Deadline.UntilAsync(() => engine.Engine.Incoming.Budget.Held == 0);
        await client.SendAsync(RawFrame.OfText("4on"));
        Assert.Equal("4on", await client.ReadTextAsync());
        Assert.Equal(["up", "on"], [await engine.Handler.ReceiveAsync(), await engine.Handler.ReceiveAsync()]);
    }

    [Fact]
    public async Task Upgrade_WhileMessagesFlow_LosesDoublesAndReordersNothing()
    {
        const int Count = 3000;
        await using var engine = await TestEngine.StartAsync(prepare: h => h.Echoes = false);
        for (var round = 0; round < 5; round++)
        {
            var sid = await engine.OpenAsync();
            var handler = engine.Handlers.Last();
            var sending = Task.Run(async () =>
            {
                for (var i = 0; i < Count; i++)
                {
                    handler.Send($"{i}");
                    if (i % 50 == 0) await Task.Yield();
                }
            });
            var got = new List<string>();
            // As clients do: messages flow over polling, the WebSocket probes, polling stops, and then it moves on.
            Collect(got, await engine.PollAsync(sid));
            await engine.PostOkAsync(sid, "4up 0\u001e" + "4up 1");
            await using var client = await engine.ProbeAsync(sid);
            Collect(got, await engine.PollAsync(sid));
            await engine.PostOkAsync(sid, "4up 2");
            await client.SendAsync([.. RawFrame.OfText("5"), .. RawFrame.OfText("4up 3")]);
            while (got.Count < Count) got.Add((await client.ReadTextAsync())[1..]);
            await sending.Within();

            Assert.Equal(Enumerable.Range(0, Count).Select(i => $"{i}"), got);
            for (var i = 0; i < 4; i++) Assert.Equal($"up {i}", await handler.ReceiveAsync());
        }
    }

    [Fact]
    public async Task Requests_OfAllKindsAtOnce_EndWellOrEndTheSession()
    {
        await using var engine = await TestEngine.StartAsync();
        for (var round = 0; round < 30; round++)
        {
            var sid = await engine.OpenAsync();
            var handler = engine.Handlers.Last();
            var get = engine.GetAsync(TestEngine.Polling(sid));
            var post = engine.PostAsync(sid, "4a\u001e" + "4b");
            var probe = Task.Run(async () =>
            {
                await using var client = await RawClient.ConnectAsync(engine.Http);
                var head = await client.UpgradeAsync($"{TestEngine.Path}?{TestEngine.WebSocket(sid)}");
                if (head.StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
                    await client.SendAsync([.. RawFrame.OfText("2probe"), .. RawFrame.OfText("5"), .. RawFrame.OfText("4c")]);
                if (round % 2 == 0) handler.Session.Close();
                await Deadline.UntilAsync(() =>
                    round % 2 != 0 || handler.IsClosed || handler.Session.Transport == EngineTransport.WebSocket);
            });
            using var got = await get;
            using var posted = await post;
            await probe.Within();
            Assert.Contains((int)got.StatusCode, (int[])[200, 400]);
            Assert.Contains((int)posted.StatusCode, (int[])[200, 400]);
        }
        foreach (var handler in engine.Handlers) handler.Session.Close();
        await Task.WhenAll(engine.Handlers.Where(h => h.Session.Transport == EngineTransport.WebSocket).Select(h => h.Closed));
        Assert.All(engine.Handlers, h => Assert.Null(h.Violation));
    }

    private static void Collect(List<string> got, string body) =>
        got.AddRange(body.Split('\u001e').Where(p => p[0] == '4').Select(p => p[1..]));

    private static async Task AssertPollingAsync(TestEngine engine, string sid)
    {
        await engine.PostOkAsync(sid, "4still here");
        Assert.Equal("4still here", await engine.PollAsync(sid));
    }
}
