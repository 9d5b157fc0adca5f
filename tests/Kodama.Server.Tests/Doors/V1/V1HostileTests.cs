using System.Text;
using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class V1HostileTests
{
    public static TheoryData<string> Frames =>
    [
        "", " ", "null", "7", "[]", "\"hello\"", "{", "{\"type\":", "{\"type\":\"ping\"}}", "{\"type\":\"ping\"} x", "{'type':'ping'}",
        "{\"type\":\"ping\",}",
        "{}", """{"type":7}""", """{"type":"dance"}""", """{"type":"hello"}""", """{"type":"join"}""", """{"type":"join","room":""}""",
        """{"type":"join","room":7}""", """{"type":"join","room":"a\u0000b"}""", """{"type":"join","room":"\ud800"}""",
        """{"type":"join","room":"LONG"}""",
        """{"type":"join","room":"r","after":"x"}""", """{"type":"join","room":"r","after":"abc:-1"}""",
        """{"type":"join","room":"r","after":"abc:99999999999999999999"}""",
        """{"type":"join","room":"r","after":7}""", """{"type":"join","room":"r","last":-1}""", """{"type":"join","room":"r","last":1.5}""",
        """{"type":"join","room":"r","last":99999999999}""", """{"type":"join","room":"r","since":-1}""",
        """{"type":"join","room":"r","since":9e99}""",
        """{"type":"join","room":"r","last":1,"since":1}""", """{"type":"join","room":"r","token":"LONG"}""",
        """{"type":"join","room":"r","presence":"yes"}""",
        """{"type":"publish","room":"lounge"}""", """{"type":"publish","room":"lounge","text":7}""",
        """{"type":"publish","room":"lounge","args":{}}""",
        """{"type":"publish","room":"lounge","text":"\udc00"}""", """{"type":"publish","room":"lounge","text":"x","event":""}""",
        """{"type":"publish","room":"lounge","text":"x","event":"LONG"}""", """{"type":"publish","room":"lounge","text":"x","id":""}""",
        """{"type":"publish","room":"lounge","text":"x","id":"LONG"}""", """{"type":"publish","room":"lounge","text":"x","again":"a:1"}""",
        """{"type":"publish","room":"lounge","args":DEEP}""", """{"type":"publish","room":"lounge","text":"x","unknown":DEEP}""",
        """{"type":"publish","room":"lounge","binary":"yes"}""", """{"type":"publish","n":-1,"room":"lounge","text":"x"}""",
        """{"type":"publish","n":9007199254740992,"room":"lounge","text":"x"}""", """{"type":"history","room":"lounge","limit":0}""",
        """{"type":"history","room":"lounge","limit":-1}""", """{"type":"history","room":"lounge","limit":1000000000}""",
        """{"type":"history","room":"lounge","before":"x"}""", """{"type":"history","room":"lounge","before":"a:1","after":"a:1"}""",
        """{"type":"send","text":"x"}""", """{"type":"send","to":"","text":"x"}""", """{"type":"send","to":"x"}""",
        """{"type":"enter","room":"lounge","data":DEEP}""",
        // Half a character, with and without a line break that would have the value written anew.
        """{"type":"publish","room":"lounge","event":"x","args":["\ud800"]}""",
        "{\"type\":\"publish\",\"room\":\"lounge\",\"event\":\"x\",\"args\":[\n\"\\ud800\"]}",
        "{\"type\":\"publish\",\"room\":\"lounge\",\"args\":[{\"a\\udc00\":1}\r\n]}",
        "{\"type\":\"set\",\"room\":\"lounge\",\"key\":\"k\",\"args\":[\n\"\\ud83d\\u0041\"]}",
        "{\"type\":\"enter\",\"room\":\"lounge\",\"data\":{\"a\":\n\"\\udc00\\ud800\"}}",
    ];

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task Frame_ThatIsWrong_IsAnErrorAndTheConnectionGoesOn(string frame)
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);

        await yui.Peer.SendAsync(frame
            .Replace("LONG", new string('x', 10_000), StringComparison.Ordinal)
            .Replace("DEEP", new string('[', 33) + new string(']', 33), StringComparison.Ordinal));

        var error = await yui.NextAsync();
        Assert.Equal("error", error.Type);
        Assert.True(error["code"] is "INVALID" or "UNKNOWN_TYPE", error["code"]);
        Assert.InRange(error["text"]!.Length, 10, 300);
        await yui.DoAsync(new { type = "publish", room = "lounge", text = "still here" });
        Assert.Equal(1, hub.Hub.FindRoom("lounge")!.Offset);
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Error_OfARequestWithANumber_BringsItBackWhateverElseIsWrong()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);

        await yui.Peer.SendAsync("""{"type":"join","room":7,"last":"x","n":41}""");
        await yui.Peer.SendAsync("""{"n":42,"type":"publish","room":"lounge","text":"cut""");

        Assert.Equal("INVALID", (await yui.AnswerAsync(41)).GetProperty("code").GetString());
        Assert.Equal("INVALID", (await yui.AnswerAsync(42)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Arguments_AsDeepAsTheyMayBe_AreTaken()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);
        var deep = new string('[', 32) + new string(']', 32);

        await yui.Peer.SendAsync($$"""{"type":"publish","n":9,"room":"lounge","event":"deep","args":{{deep}}}""");

        Assert.Equal("ok", (await yui.AnswerAsync(9)).GetProperty("type").GetString());
        var history = await yui.DoAsync(new { type = "history", room = "lounge" });
        Assert.Equal(deep, history.GetProperty("messages")[0].GetProperty("args").GetRawText());
    }

    [Fact]
    public async Task BinaryFrame_ThatNobodyAnnounced_IsAnError()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);

        await yui.Peer.SendAsync(new byte[] { 1 });

        Assert.Equal("INVALID", (await yui.NextAsync())["code"]);
    }

    [Fact]
    public async Task BinaryFrame_ThatDoesNotFollow_FailsItsRequestAndNotTheNext()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);

        var announced = await yui.BeginAsync(new { type = "publish", room = "lounge", binary = true });
        await yui.DoAsync(new { type = "publish", room = "lounge", text = "instead" });

        Assert.Equal("INVALID", (await yui.AnswerAsync(announced)).GetProperty("code").GetString());
        Assert.Equal(1, hub.Hub.FindRoom("lounge")!.Offset);
    }

    [Fact]
    public async Task Frame_LargerThanMayBe_Is1009()
    {
        await using var hub = await TestHub.StartAsync(o => o.MaxMessageSize = 1000);
        await using var yui = await V1Client.JoinAsync(hub);

        await yui.SendAsync(new { type = "publish", room = "lounge", text = new string('x', 1000) });

        Assert.Equal(1009, (await yui.Peer.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task Client_ThatAsksWithoutReading_IsAnsweredNoFurtherAndInTheEndCutOff()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(
            o => (o.PingInterval, o.Outbox.MaxBytes) = (TimeSpan.Zero, 256 * 1024 * 1024), clock: clock);
        await using var yui = await V1Client.JoinAsync(hub);
        await yui.DoAsync(new { type = "set", room = "lounge", key = "large", text = new string('x', 100_000) });
        await using var greedy = await hub.RawAsync(receiveBuffer: 4096);
        await greedy.UpgradeAsync("/ws", "Sec-WebSocket-Protocol: kodama.v1\r\n");
        await greedy.SendAsync([.. RawFrame.OfText("""{"type":"hello"}"""), .. RawFrame.OfText("""{"type":"join","room":"lounge"}""")]);
        await Deadline.UntilAsync(() => hub.Hub.FindRoom("lounge")!.PeerCount == 2);
        var ask = RawFrame.OfText("""{"type":"state","room":"lounge"}""");

        // More than the socket's buffers hold: 100 KB a time.
        for (var i = 0; i < 1000; i++) await greedy.SendAsync(ask);

        var peer = hub.Hub.Peers.Single(peer => peer.Id != yui.Hello.GetProperty("peer").GetString());
        await Deadline.UntilAsync(() => peer.Outbox.QueuedBytes > Outbox.LowWater);
        await yui.DoAsync(new { type = "publish", room = "lounge", text = "here" });
        await Deadline.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            return hub.Hub.PeerCount == 1;
        });
        Assert.InRange(peer.Outbox.Enqueued, 2, 200);
        await yui.DoAsync(new { type = "publish", room = "lounge", text = "here still" });
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Room_WhoseStateIsLargerThanAnOutboxAsJson_IsOpenToWhoReads()
    {
        await using var hub = await TestHub.StartAsync();
        await SetLargeAsync(hub);
        await using var client = await AskAsync(hub, """{"type":"join","room":"lounge","state":true}""", """{"type":"ping","n":1}""",
            """{"type":"state","room":"lounge","n":2}""", """{"type":"ping","n":3}""");
        await Deadline.UntilAsync(() => hub.Hub.Peers.Any(static peer => peer.Outbox.QueuedBytes > 4 * 1024 * 1024));

        var types = new List<string>();
        while (types is not [.., "ok 3"])
        {
            var frame = await client.ReadFrameAsync()
                ?? throw new EndOfStreamException($"It was closed behind {string.Join(", ", types)}.");
            Assert.Equal(RawFrame.TextOpcode, frame.Opcode);
            var json = JsonDocument.Parse(frame.Payload).RootElement;
            types.Add($"{json.GetProperty("type").GetString()} {(json.TryGetProperty("n", out var n) ? n.GetInt64() : 0)}");
        }

        Assert.Equal(["hello 0", "joined 0", "ok 1", "state 2", "ok 3"], types.Where(static type => type != "mark 0"));
    }

    [Theory]
    [InlineData("""{"type":"join","room":"lounge","state":true,"n":1}""")]
    [InlineData("""{"type":"state","room":"lounge","n":1}""")]
    public async Task Answer_ForWhichThereIsNoMemory_IsBusy(string request)
    {
        await using var hub = await TestHub.StartAsync(o => o.Outbox.MaxTotalBytes = 8 * 1024 * 1024);
        await SetLargeAsync(hub);
        await using var slow = await AskAsync(hub, """{"type":"join","room":"lounge","state":true}""");
        await Deadline.UntilAsync(() => hub.Hub.Peers.Any(static peer => peer.Outbox.QueuedBytes > 4 * 1024 * 1024));
        await using var yui = await V1Client.GreetAsync(hub);
        if (request.Contains("\"type\":\"state\"", StringComparison.Ordinal)) await yui.EnterAsync(new { type = "join", room = "lounge" });

        await yui.Peer.SendAsync(request);
        Assert.Equal("BUSY", (await yui.AnswerAsync(1)).GetProperty("code").GetString());
        Assert.Equal(request.Contains("\"type\":\"state\"", StringComparison.Ordinal) ? 2 : 1, hub.Hub.FindRoom("lounge")!.PeerCount);
        slow.Reset();
        await Deadline.UntilAsync(() => hub.Hub.PeerCount == 1);

        await yui.Peer.SendAsync(request);
        Assert.NotEqual("error", (await yui.AnswerAsync(1)).GetProperty("type").GetString());
    }

    // 1 MB that takes six in JSON.
    private static async Task SetLargeAsync(TestHub hub)
    {
        var set = await hub.Hub.ChangeStateAsync(
            new PeerDescription { Door = "test", Encoder = new V1Encoder() }, "lounge", "large", new string('\u0001', 1_000_000));
        Assert.Null(set.Refusal);
    }

    /// <summary>A client that says all this and reads nothing but the answer to its handshake.</summary>
    private static async Task<RawClient> AskAsync(TestHub hub, params string[] requests)
    {
        var client = await hub.RawAsync(receiveBuffer: 4096);
        await client.UpgradeAsync("/ws", "Sec-WebSocket-Protocol: kodama.v1\r\n");
        await client.SendAsync(
            [.. RawFrame.OfText("""{"type":"hello"}"""), .. requests.SelectMany(static request => RawFrame.OfText(request))]);
        return client;
    }

    [Fact]
    public async Task Frames_MutatedAtRandom_EndNothing()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);
        var random = new Random(20261128);
        string[] seeds =
        [
            """{"type":"publish","n":8000000001,"room":"lounge","event":"move","args":[1,{"a":[true,null]}],"id":"x1","again":"abc:1"}""",
            """{"type":"join","n":8000000002,"room":"other","last":5,"presence":true,"state":true,"token":"t"}""",
            """{"type":"set","n":8000000003,"room":"lounge","key":"k","text":"\u6728\u970a","bound":true}""",
            """{"type":"history","n":8000000004,"room":"lounge","before":"abc:5","limit":7}""",
        ];

        for (var i = 0; i < 2000; i++)
        {
            var text = new StringBuilder(seeds[random.Next(seeds.Length)]);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var at = random.Next(text.Length);
                if (random.Next(2) == 0) text.Remove(at, random.Next(1, Math.Min(6, text.Length - at + 1)));
                else text.Insert(at, "\"{}[]:,\\u0x1-9e".AsSpan(random.Next(14), 1));
            }
            await yui.Peer.SendAsync(text.ToString());
            if (i % 100 == 0) await yui.DoAsync(new { type = "ping" });
        }

        await yui.DrainAsync();
        Assert.Empty(hub.Log.Errors);
    }
}
