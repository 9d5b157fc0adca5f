using System.Text;
using Kodama.Testing;
using Kodama.WebSockets;

namespace Kodama.Server.Tests;

/// <summary>What clients do that no library would: for every way that speaks HTTP/1.1.</summary>
public abstract class HostileWebSocketSuite : WebSocketSuite
{
    public static TheoryData<string, string, int> Violations => new()
    {
        { "garbage", "FFFFFFFFFFFFFFFFFFFF", 1002 },
        { "unmasked frame", "8105" + Convert.ToHexString("hello"u8), 1002 },
        { "reserved opcode", Convert.ToHexString(RawFrame.Masked(3, "x"u8)), 1002 },
        { "reserved bits", "C1" + Convert.ToHexString(RawFrame.OfText("x"))[2..], 1002 },
        { "continuation of nothing", Convert.ToHexString(RawFrame.Masked(0, "x"u8)), 1002 },
        { "ping in two frames", Convert.ToHexString(RawFrame.Masked(9, "x"u8, fin: false)), 1002 },
        { "ping of 126 bytes", Convert.ToHexString(RawFrame.Masked(9, new byte[126])), 1002 },
        { "length not minimal", "81FE000500000000", 1002 },
        { "length negative", "81FFFFFFFFFFFFFFFFFF00000000", 1002 },
        { "close code that may not be sent", Convert.ToHexString(RawFrame.OfClose(1005)), 1002 },
        { "close with one byte", Convert.ToHexString(RawFrame.Masked(8, [3])), 1002 },
        { "text that is not UTF-8", Convert.ToHexString(RawFrame.Masked(1, [0xC3, 0x28])), 1007 },
        { "text that ends within a character", Convert.ToHexString(RawFrame.Masked(1, [0xE3, 0x81])), 1007 },
        { "close reason that is not UTF-8", Convert.ToHexString(RawFrame.Masked(8, [0x03, 0xE8, 0xFF])), 1007 },
        {
            "message that promises more than may come",
            Convert.ToHexString(RawFrame.Head(2, 1024 * 1024 + 1, masked: true)) + "00000000",
            1009
        },
        { "message of 2^62 bytes", Convert.ToHexString(RawFrame.Head(2, 1L << 62, masked: true)) + "00000000", 1009 },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task Violation_OfTheProtocol_EndsThatConnectionWithItsCode(string what, string hex, int code)
    {
        await using var hub = await StartAsync();
        await using var bystander = await hub.JoinAsync();
        await using var client = await hub.RawPeerAsync();

        await client.SendAsync(Convert.FromHexString(hex));

        var close = await client.ReadCloseAsync();
        Assert.True(code == close.CloseCode, $"{what}: {close.CloseCode} {close.CloseReason}");
        await client.DisposeAsync();
        await Deadline.UntilAsync(() => hub.Connections.Count == 1);
        hub.Hub.Send("still here");
        Assert.Equal("still here", await bystander.ReceiveTextAsync());
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Message_InTooManyFragments_EndsTheConnectionWith1009()
    {
        await using var hub = await StartAsync(o => o.MaxFragments = 4);
        await using var client = await hub.RawPeerAsync();

        await client.SendAsync(RawFrame.Masked(2, "x"u8, fin: false));
        for (var i = 0; i < 4; i++) await client.SendAsync(RawFrame.Masked(0, default, fin: false));

        Assert.Equal(1009, (await client.ReadCloseAsync()).CloseCode);
    }

    [Fact]
    public async Task Message_InFragmentsLargerTogetherThanAllowed_EndsTheConnectionWith1009()
    {
        await using var hub = await StartAsync(o => o.MaxMessageSize = 1000);
        await using var client = await hub.RawPeerAsync();

        await client.SendAsync(RawFrame.Masked(2, new byte[600], fin: false));
        await client.SendAsync(RawFrame.Masked(0, new byte[600]));

        Assert.Equal(1009, (await client.ReadCloseAsync()).CloseCode);
    }

    [Fact]
    public async Task Client_ThatEndsWithinAFrame_IsLost()
    {
        await using var hub = await StartAsync();
        using var watcher = hub.Hub.Watch();
        var client = await hub.RawPeerAsync();

        await client.SendAsync(RawFrame.OfText("hello").AsMemory(0, 8));
        await client.DisposeAsync();

        await hub.EmptiesAsync();
        Assert.Equal(CloseReason.Lost, (await ReadAsync(watcher, HubEventKind.Leave)).Reason);
    }

    [Fact]
    public async Task Client_ThatResets_IsLost()
    {
        await using var hub = await StartAsync();
        await using var client = await hub.RawPeerAsync();

        client.Reset();

        await hub.EmptiesAsync();
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Client_ThatStopsWithinAFrame_IsPingedAndEnded()
    {
        var clock = new FakeClock();
        await using var hub = await StartAsync(clock: clock);
        await using var client = await hub.RawPeerAsync();
        await client.SendAsync(RawFrame.OfText("hello").AsMemory(0, 8));

        await AdvanceAsync(clock, () => hub.Hub.PeerCount == 0);

        Assert.Equal(RawFrame.PingOpcode, (await client.ReadFrameAsync())!.Opcode);
        await client.WaitForEndAsync();
        await hub.EmptiesAsync();
    }

    [Fact]
    public async Task Filter_WhoseClientHasVanished_IsCancelled()
    {
        var clock = new FakeClock();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var hub = await StartAsync(
            o => o.Rules.Filter(async (_, cancellationToken) =>
            {
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return FilterResult.Pass;
            }),
            clock);
        var client = await hub.RawPeerAsync();
        // Answered by the connection itself: the hand-over from HTTP is over.
        await client.SendAsync(RawFrame.Masked(RawFrame.PingOpcode, "p"u8));
        Assert.Equal(RawFrame.PongOpcode, (await client.ReadFrameAsync())!.Opcode);
        await client.SendAsync(RawFrame.OfText("hello"));
        await asked.Task.Within();

        client.Reset();
        await AdvanceAsync(clock, () => hub.Hub.PeerCount == 0 && hub.Connections.Count == 0);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Validator_ThatTakesMinutes_LetsItsClientIn()
    {
        var clock = new FakeClock();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var decision = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var hub = await StartAsync(
            o => o.Rules.Validators.Add(new LambdaValidator(async (_, _) =>
            {
                asked.SetResult();
                await decision.Task;
                return PeerVerdict.Accepted;
            })),
            clock);
        var joining = hub.RawPeerAsync();
        await asked.Task.Within();

        for (var second = 0; second < 300; second++) clock.Advance(TimeSpan.FromSeconds(1));
        decision.SetResult();

        await using var client = await joining;
        hub.Hub.Send("welcome");
        Assert.Equal("welcome", (await client.ReadFrameAsync())!.Text);
    }

    [Fact]
    public async Task Peer_ThatAnswersPings_Stays()
    {
        var clock = new FakeClock();
        // The clock may run on while a ping is on its way to a busy test.
        await using var hub = await StartAsync(o => o.PongTimeout = TimeSpan.FromHours(23), clock);
        await using var client = await hub.RawPeerAsync();

        for (var i = 0; i < 5; i++)
        {
            var pinged = client.ReadFrameAsync();
            await AdvanceAsync(clock, () => pinged.IsCompleted);
            var ping = (await pinged)!;
            Assert.Equal(RawFrame.PingOpcode, ping.Opcode);
            await client.SendAsync(
                [.. RawFrame.Masked(RawFrame.PongOpcode, ping.Payload), .. RawFrame.Masked(RawFrame.PingOpcode, "here?"u8)]);
            Assert.Equal("here?", (await client.ReadFrameAsync())!.Text);
        }

        Assert.Equal(1, hub.Hub.PeerCount);
    }

    [Fact]
    public async Task Peer_ThatDoesNotAnswerTheCloseFrame_IsCutOffAtItsDeadline()
    {
        var clock = new FakeClock();
        await using var hub = await StartAsync(clock: clock);
        await using var client = await hub.RawPeerAsync();

        hub.Hub.Peers.Single().Disconnect();
        Assert.Equal(4001, (await client.ReadCloseAsync()).CloseCode);
        await AdvanceAsync(clock, () => hub.Connections.Count == 0);

        await client.WaitForEndAsync();
    }

    [Fact]
    public async Task Ping_BetweenFragments_IsAnsweredAtOnce()
    {
        await using var hub = await StartAsync();
        await using var other = await hub.JoinAsync();
        await using var client = await hub.RawPeerAsync();

        await client.SendAsync(RawFrame.OfText("hel", fin: false));
        await client.SendAsync(RawFrame.Masked(RawFrame.PingOpcode, "p"u8));
        var pong = await client.ReadFrameAsync();
        await client.SendAsync(RawFrame.Masked(RawFrame.Continuation, "lo"u8));

        Assert.Equal(RawFrame.PongOpcode, pong!.Opcode);
        Assert.Equal("p", pong.Text);
        Assert.Equal("hello", await other.ReceiveTextAsync());
    }

    [Fact]
    public async Task Message_BeforeAClose_IsEchoedBeforeItsAnswer()
    {
        await using var hub = await StartAsync(o => o.Echo = true);
        await using var client = await hub.RawPeerAsync();

        await client.SendAsync(Convert.FromHexString("81851122334479475f287e" + "88821122334412ca"));

        Assert.Equal("810568656c6c6f" + "880203e8", Convert.ToHexStringLower(await client.ReadBytesAsync(11)));
        await client.WaitForEndAsync();
        await hub.EmptiesAsync();
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Message_BeforeABadFrame_IsEchoedBeforeTheClose()
    {
        await using var hub = await StartAsync(o => o.Echo = true);
        await using var client = await hub.RawPeerAsync();

        await client.SendAsync([
            .. RawFrame.OfText("hello"), .. RawFrame.Masked(RawFrame.PingOpcode, "p"u8),
            .. RawFrame.Masked(3, []), .. RawFrame.OfText("more")]);

        Assert.Equal("hello", (await client.ReadFrameAsync())!.Text);
        Assert.Equal(RawFrame.PongOpcode, (await client.ReadFrameAsync())!.Opcode);
        Assert.Equal(1002, (await client.ReadFrameAsync())!.CloseCode);
    }

    [Fact]
    public async Task Pings_OfOneWrite_AreAllAnsweredInTheirPlaces()
    {
        const int Count = 100;
        await using var hub = await StartAsync(o => o.Echo = true);
        await using var client = await hub.RawPeerAsync();

        await client.SendAsync([.. Enumerable.Range(0, Count).SelectMany(i =>
            (byte[])[.. RawFrame.OfText($"message {i}"), .. RawFrame.Masked(RawFrame.PingOpcode, Encoding.ASCII.GetBytes($"ping {i}"))])]);

        for (var i = 0; i < Count; i++)
        {
            Assert.Equal($"message {i}", (await client.ReadFrameAsync())!.Text);
            var pong = (await client.ReadFrameAsync())!;
            Assert.Equal((RawFrame.PongOpcode, $"ping {i}"), (pong.Opcode, pong.Text));
        }
    }

    [Fact]
    public async Task Pings_OfOneWhoReadsNothing_CostOthersNothing()
    {
        // However long a busy machine takes for so much.
        await using var hub = await StartAsync(o => o.PingInterval = TimeSpan.Zero);
        await using var sender = await hub.JoinAsync("/ws/elsewhere");
        await using var receiver = await hub.JoinAsync("/ws/elsewhere");
        await using var client = await hub.RawPeerAsync("/ws", receiveBuffer: 4 * 1024);
        var flooding = hub.Hub.Peers.Single(peer => peer.Room?.Name == "lobby");
        byte[] pings = [.. Enumerable.Repeat(RawFrame.Masked(RawFrame.PingOpcode, new byte[125]), 500).SelectMany(frame => frame)];

        for (var i = 0; i < 200; i++)
        {
            await client.SendAsync(pings);
            if (i % 20 == 0)
            {
                await sender.SendAsync("hello");
                Assert.Equal("hello", await receiver.ReceiveTextAsync());
            }
        }

        Assert.InRange(flooding.Outbox.QueuedBytes, 0, 64 * 1024);
        Assert.Contains(flooding, hub.Hub.Peers);
        // What is answered at last is the last.
        await client.SendAsync(RawFrame.Masked(RawFrame.PingOpcode, "last"u8));
        while ((await client.ReadFrameAsync())!.Text != "last")
        {
        }
    }

    [Fact]
    public async Task Frames_InOneByteWrites_ArriveWhole()
    {
        await using var hub = await StartAsync();
        await using var other = await hub.JoinAsync();
        await using var client = await hub.RawPeerAsync();

        foreach (var b in RawFrame.OfText("slowly")) await client.SendAsync(new[] { b });

        Assert.Equal("slowly", await other.ReceiveTextAsync());
    }

    [Theory]
    [InlineData(10)]
    [InlineData(20_000)]
    public async Task Messages_SentWithTheHandshake_ArriveAfterTheJoinInOrder(int count)
    {
        var asked = new TaskCompletionSource();
        var open = new TaskCompletionSource();
        var first = true;
        await using var hub = await StartAsync(o => o.Rules.Validators.Add(new LambdaValidator(async (_, _) =>
        {
            // The first peer is the listener.
            if (!Interlocked.Exchange(ref first, false))
            {
                asked.SetResult();
                await open.Task;
            }
            return PeerVerdict.Accepted;
        })));
        await using var listener = await hub.JoinAsync();
        await using var client = await hub.RawAsync();
        var everything = new MemoryStream();
        everything.Write(Encoding.ASCII.GetBytes(client.UpgradeHead(hub.Prefix + "/ws")));
        for (var i = 0; i < count; i++) everything.Write(RawFrame.OfText($"{i}"));

        var sending = client.SendAsync(everything.ToArray());
        await asked.Task.Within();
        open.SetResult();
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);

        for (var i = 0; i < count; i++) Assert.Equal($"{i}", await listener.ReceiveTextAsync());
        await sending;
    }

    [Fact]
    public async Task Welcome_LargerThanTheSocketsBuffer_ArrivesWholeBeforeTheRoom()
    {
        const int Count = 300;
        await using var hub = await StartAsync(o => o.Rules.Events.Add(new Welcome(Count)));
        await using var client = await hub.RawPeerAsync(receiveBuffer: 4096);

        hub.Hub.Send("room");

        for (var i = 0; i < Count; i++) Assert.StartsWith($"{i}:", (await client.ReadFrameAsync())!.Text, StringComparison.Ordinal);
        Assert.Equal("room", (await client.ReadFrameAsync())!.Text);
    }

    [Fact]
    public async Task Client_GoneWhileTheValidatorThinks_LeavesNothing()
    {
        var told = new ConnectionRecorder();
        foreach (var accept in new[] { true, false })
        {
            foreach (var reset in new[] { true, false })
            {
                var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using var hub = await StartAsync(o =>
                {
                    o.Rules.Events.Add(told);
                    o.Rules.Validators.Add(new LambdaValidator(async (_, _) =>
                    {
                        asked.SetResult();
                        await open.Task;
                        return accept ? PeerVerdict.Accepted : PeerVerdict.Refuse("no");
                    }));
                });
                var client = await hub.RawAsync();
                await client.SendTextAsync(client.UpgradeHead(hub.Prefix + "/ws"));
                await asked.Task.Within();
                if (reset) client.Reset();
                else await client.DisposeAsync();
                open.SetResult();

                await Deadline.UntilAsync(() => hub.Connections.Count == 0 && hub.Hub.PeerCount == 0);
                Assert.Empty(hub.Log.Errors);
            }
        }
        await Deadline.UntilAsync(() => told.Disconnected.Count == told.Connected.Count);
    }

    [Fact]
    public async Task Clients_ThatAbortTheirHandshakesAnywhere_LeaveNothing()
    {
        await using var hub = await StartAsync();
        for (var i = 0; i < 60; i++)
        {
            var client = await hub.RawAsync();
            var head = client.UpgradeHead(hub.Prefix + "/ws");
            await client.SendTextAsync(head[..Math.Min(head.Length, (i + 1) * head.Length / 40)]);
            if (i % 2 == 0) client.Reset();
            else await client.DisposeAsync();
        }

        await hub.EmptiesAsync();
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Filter_ThatThrows_DropsTheMessageAndKeepsThePeer()
    {
        await using var hub = await StartAsync(o => o.Rules.Filters.Add(new LambdaFilter(m =>
            m.Payload.ToString() == "bad" ? throw new InvalidOperationException("the filter's own fault") : new(FilterResult.Pass))));
        await using var other = await hub.JoinAsync();
        await using var client = await hub.RawPeerAsync();

        await client.SendAsync([.. RawFrame.OfText("bad"), .. RawFrame.OfText("good")]);

        Assert.Equal("good", await other.ReceiveTextAsync());
        Assert.Contains(hub.Log.Errors, e => e.Exception?.Message == "the filter's own fault");
    }

    [Fact]
    public async Task Peer_ThatNeverReads_IsEndedAndCostsTheOthersNothing()
    {
        await using var hub = await StartAsync(o => o.Outbox = new OutboxOptions { MaxBytes = 256 * 1024 });
        using var watcher = hub.Hub.Watch(new WatchOptions { Kinds = HubEventKind.Leave });
        await using var deaf = await hub.RawPeerAsync(receiveBuffer: 4096);
        await using var reader = await hub.JoinAsync();
        await using var sender = await hub.JoinAsync();
        var message = new byte[16 * 1024];

        // More than both sockets' buffers and the outbox hold.
        for (var i = 0; i < 2000 && hub.Hub.PeerCount == 3; i++)
        {
            await sender.SendAsync(message);
            Assert.Equal(message.Length, (await reader.ReceiveAsync()).Bytes.Length);
        }

        Assert.Equal(2, hub.Hub.PeerCount);
        Assert.Equal(CloseReason.TooSlow, (await ReadAsync(watcher, HubEventKind.Leave)).Reason);
        await sender.SendAsync("after");
        Assert.Equal("after", await reader.ReceiveTextAsync());
    }

    [Fact]
    public async Task Peer_ThatWasTooSlow_ReadsWholeFramesAndThen4000()
    {
        await using var hub = await StartAsync(o => o.Outbox = new OutboxOptions { MaxBytes = 128 * 1024 });
        await using var slow = await hub.RawPeerAsync(receiveBuffer: 4096);
        var message = Payload.Of(Enumerable.Repeat((byte)'x', 3000).ToArray());

        while (hub.Hub.PeerCount == 1) hub.Hub.Send(message);

        RawFrame frame;
        while ((frame = (await slow.ReadFrameAsync())!).Opcode != RawFrame.CloseOpcode)
        {
            Assert.Equal(RawFrame.BinaryOpcode, frame.Opcode);
            Assert.Equal(3000, frame.Payload.Length);
        }
        Assert.Equal(4000, frame.CloseCode);
        await slow.SendAsync(RawFrame.OfClose(4000));
        await hub.EmptiesAsync();
    }

    [Fact]
    public async Task Peer_ThatReadsSlowly_GetsEverythingInOrder()
    {
        await using var hub = await StartAsync();
        await using var slow = await hub.RawPeerAsync(receiveBuffer: 4096);

        for (var i = 0; i < 200; i++) hub.Hub.Send($"{i}:" + new string('x', 10_000));

        for (var i = 0; i < 200; i++)
        {
            var frame = await slow.ReadFrameAsync();
            Assert.StartsWith($"{i}:", frame!.Text, StringComparison.Ordinal);
            await Task.Yield();
        }
    }

    private sealed class Welcome(int count) : IConnectionEvents
    {
        public ValueTask ConnectedAsync(Peer peer, CancellationToken cancellationToken)
        {
            for (var i = 0; i < count; i++) peer.Send($"{i}:" + new string('x', 13_000));
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Lets seconds pass, each with time for what it sets going, until what they are to bring has come.</summary>
    private protected static Task AdvanceAsync(FakeClock clock, Func<bool> until) => Deadline.UntilAsync(() =>
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        return until();
    });
}
