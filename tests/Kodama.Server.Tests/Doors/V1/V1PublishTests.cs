using System.Security.Cryptography;
using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class V1PublishTests
{
    [Theory]
    [InlineData("\"text\":\"木霊 \\u0041 \\\"x\\\" \\n\"", "text", "木霊 A \"x\" \n")]
    [InlineData("\"text\":\"\"", "text", "")]
    [InlineData("\"event\":\"move\",\"args\":[1, {\"a\": [2]}]", "args", "[1, {\"a\": [2]}]")]
    [InlineData("\"event\":\"note\",\"text\":\"hm\"", "text", "hm")]
    public async Task Publish_OfText_IsReceivedAndAcknowledged(string payload, string member, string expected)
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);
        await using var ren = await V1Client.JoinAsync(hub, name: "Ren");

        await yui.Peer.SendAsync($"{{\"type\":\"publish\",\"n\":77,\"room\":\"lounge\",{payload}}}");
        var answer = await yui.AnswerAsync(77);

        Assert.Equal($"{hub.Hub.FindRoom("lounge")!.Epoch}:1", answer.GetProperty("position").GetString());
        Assert.Equal(expected, (await ren.NextAsync())[member]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(70_000)]
    public async Task Publish_OfBytes_ArrivesInTheFrameBehindItsOwn(int size)
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);
        await using var ren = await V1Client.JoinAsync(hub, name: "Ren");
        var bytes = RandomNumberGenerator.GetBytes(size);

        await yui.DoAsync(new { type = "publish", room = "lounge", @event = "picture", binary = true }, bytes);

        var received = await ren.NextAsync();
        Assert.Equal((1, "picture"), (received.Offset, received["event"]));
        Assert.Equal(bytes, received.Binary);
    }

    [Fact]
    public async Task Publish_BetweenDoors_IsSaidInEachOnesWords()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);
        await using var raw = await hub.JoinAsync("/ws/lounge?name=Raw");
        byte[] bytes = [0, 255, 7];

        await yui.DoAsync(new { type = "publish", room = "lounge", text = "hello" });
        await yui.DoAsync(new { type = "publish", room = "lounge", binary = true }, bytes);
        await yui.DoAsync(new { type = "publish", room = "lounge", @event = "move", args = new[] { 1, 2 } });
        Assert.Equal("hello", await raw.ReceiveTextAsync());
        Assert.Equal(bytes, (await raw.ReceiveAsync()).Bytes);
        Assert.Equal("""{"event":"move","args":[1,2]}""", await raw.ReceiveTextAsync());

        await raw.SendAsync("hi");
        await raw.SendAsync(bytes);
        var (text, binary) = (await yui.NextAsync(), await yui.NextAsync());
        Assert.Equal(("hi", "message", raw.Peer!.Id, "Raw", 4), (text["text"], text["event"], text["from"], text["name"], text.Offset));
        Assert.Equal(bytes, binary.Binary);
        Assert.Equal(5, binary.Offset);
    }

    [Fact]
    public async Task Publish_ThatIsTransient_HasNoPlaceAndIsNotKept()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);
        await using var ren = await V1Client.JoinAsync(hub, name: "Ren");

        var answer = await yui.DoAsync(new { type = "publish", room = "lounge", text = "cursor", transient = true });
        var heard = await ren.NextAsync();

        Assert.False(answer.TryGetProperty("position", out _));
        Assert.Equal(("cursor", "True", "lounge", null), (heard["text"], heard["transient"], heard["room"], heard["offset"]));
        Assert.Empty((await ren.DoAsync(new { type = "history", room = "lounge" })).GetProperty("messages").EnumerateArray());
    }

    [Fact]
    public async Task Publish_UnderAnIdAgain_IsTheFirstOne()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.GreetAsync(hub);
        await using var ren = await V1Client.JoinAsync(hub, name: "Ren");
        var position = (await yui.DoAsync(new { type = "join", room = "lounge" })).GetProperty("position").GetString();
        var first = await yui.DoAsync(new { type = "publish", room = "lounge", text = "once", id = "a1" });

        await using var back = await yui.ComeBackAsync(hub);
        await back.DoAsync(new { type = "join", room = "lounge" });
        var second = await back.DoAsync(new { type = "publish", room = "lounge", text = "once", id = "a1", again = position });
        await back.DoAsync(new { type = "publish", room = "lounge", text = "next" });

        Assert.Equal(first.GetProperty("position").GetString(), second.GetProperty("position").GetString());
        Assert.True(second.GetProperty("duplicate").GetBoolean());
        Assert.Equal([("once", "a1"), ("next", null)], (await ren.DrainAsync()).Select(frame => (frame["text"], frame["id"])));
        Assert.Equal("ID_REUSED", await back.FailAsync(new { type = "publish", room = "lounge", text = "other", id = "a1" }));
        Assert.Equal(
            "OUTCOME_UNKNOWN",
            await back.FailAsync(new { type = "publish", room = "lounge", text = "old", id = "a0", again = "AAAAAAAAAAAA:3" }));
    }

    [Fact]
    public async Task Publish_ThatAFilterDrops_IsRefusedWithItsText()
    {
        await using var hub = await TestHub.StartAsync(o => o.Rules.Filters.Add(new LambdaFilter(message =>
            new(message.Payload.ToString() == "bad" ? FilterResult.Drop("Mind your words.") : FilterResult.Pass))));
        await using var yui = await V1Client.JoinAsync(hub);

        var answer = await yui.AskAsync(new { type = "publish", room = "lounge", text = "bad" });

        Assert.Equal(
            ("MESSAGE_REFUSED", "Mind your words."), (answer.GetProperty("code").GetString(), answer.GetProperty("text").GetString()));
        await yui.DoAsync(new { type = "publish", room = "lounge", text = "good" });
    }

    [Fact]
    public async Task Publish_BehindAFilterThatTakesItsTime_HoldsUpNoAnswerBeforeIt()
    {
        var passes = new TaskCompletionSource<FilterResult>();
        await using var hub = await TestHub.StartAsync(o => o.Rules.Filters.Add(new LambdaFilter(message =>
            message.Payload.ToString() == "slow" ? new(passes.Task) : new(FilterResult.Pass))));
        await using var client = await hub.RawAsync();
        await client.UpgradeAsync("/ws", "Sec-WebSocket-Protocol: kodama.v1\r\n");
        await client.SendAsync(RawFrame.OfText("""{"type":"hello"}"""));
        await client.ReadFrameAsync();

        // In one read, so that nothing else flushes.
        await client.SendAsync([
            .. RawFrame.OfText("""{"type":"join","n":1,"room":"lounge"}"""),
            .. RawFrame.OfText("""{"type":"publish","n":2,"room":"lounge","text":"quick"}"""),
            .. RawFrame.OfText("""{"type":"publish","n":3,"room":"lounge","text":"slow"}"""),
            .. RawFrame.OfText("""{"type":"ping","n":4}"""),
        ]);

        Assert.Equal("1 2", $"{await NumberAsync(client)} {await NumberAsync(client)}");
        passes.SetResult(FilterResult.Pass);
        Assert.Equal("3 4", $"{await NumberAsync(client)} {await NumberAsync(client)}");
    }

    [Fact]
    public async Task Publish_WithoutANumber_IsAnsweredOnlyIfItFails()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);

        await yui.SendAsync(new { type = "publish", room = "lounge", text = "x" });
        await yui.SendAsync(new { type = "publish", room = "elsewhere", text = "x" });

        var error = Assert.Single(await yui.DrainAsync());
        Assert.Equal(("error", "NOT_JOINED"), (error.Type, error["code"]));
        Assert.Equal(1, hub.Hub.FindRoom("lounge")!.Offset);
    }

    [Fact]
    public async Task Publish_InARoomThatEchoes_ComesBackInItsPlace()
    {
        await using var hub = await TestHub.StartAsync(o => o.Echo = true);
        await using var yui = await V1Client.JoinAsync(hub);

        await yui.DoAsync(new { type = "publish", room = "lounge", text = "hello", id = "i1" });

        var heard = await yui.NextAsync();
        Assert.Equal((1, yui.Id, "i1"), (heard.Offset, heard["from"], heard["id"]));
    }

    [Fact]
    public async Task Send_ToAPeerOrASession_ReachesItAloneAndSaysWho()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);
        await using var ren = await V1Client.JoinAsync(hub, name: "Ren");
        await using var raw = await hub.JoinAsync("/ws/lounge");
        using var stream = await SseReader.OpenAsync(hub.Client, "/api/rooms/lounge/events?name=Mio");
        var mio = hub.Hub.Peers.Single(peer => peer.Door == "sse").Id;

        await yui.DoAsync(new { type = "send", to = mio, text = "to you" });
        await yui.DoAsync(new { type = "send", to = ren.Id, text = "psst" });
        await yui.DoAsync(new { type = "send", to = ren.Hello.GetProperty("peer").GetString(), @event = "pic", binary = true }, [1, 2]);
        await yui.DoAsync(new { type = "send", to = raw.Peer!.Id, text = "hey" });

        var (text, binary) = (await ren.NextAsync(), await ren.NextAsync());
        Assert.Equal(("psst", yui.Id, "Yui", null, "True"), (text["text"], text["from"], text["name"], text["room"], text["direct"]));
        Assert.True((await stream.ReadAsync("message")).Data.GetProperty("direct").GetBoolean());
        Assert.Equal([1, 2], binary.Binary!);
        Assert.Equal("hey", await raw.ReceiveTextAsync());
        Assert.Empty(await yui.DrainAsync());
        Assert.Equal("PEER_GONE", await yui.FailAsync(new { type = "send", to = "nobody", text = "?" }));
    }

    [Fact]
    public async Task Send_ToAPeerThatIsInNoRoomOfIts_IsNotAllowed()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.GreetAsync(hub);
        await using var raw = await hub.JoinAsync("/ws/lounge");

        Assert.Equal("NOT_ALLOWED", await yui.FailAsync(new { type = "send", to = raw.Peer!.Id, text = "hey" }));
        await yui.EnterAsync(new { type = "join", room = "lounge" });
        await yui.DoAsync(new { type = "send", to = raw.Peer!.Id, text = "hello" });

        Assert.Equal("hello", await raw.ReceiveTextAsync());
    }

    private static async Task<string> NumberAsync(RawClient client)
    {
        while (true)
        {
            var json = JsonDocument.Parse((await client.ReadFrameAsync())!.Payload).RootElement;
            if (json.TryGetProperty("n", out var number)) return number.ToString();
        }
    }
}
