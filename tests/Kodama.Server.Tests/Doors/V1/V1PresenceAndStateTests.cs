using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class V1PresenceAndStateTests
{
    private static readonly object Join = new { type = "join", room = "lounge", presence = true, state = true };

    [Fact]
    public async Task Members_EnterUpdateAndLeave_AreToldToWhoAsked()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.GreetAsync(hub);
        await using var ren = await V1Client.JoinAsync(hub, name: "Ren");
        await yui.EnterAsync(Join);

        var entered = await ren.DoAsync(new { type = "enter", room = "lounge", data = new { busy = false } });
        await ren.DoAsync(new { type = "enter", room = "lounge", data = new { busy = true } });
        await ren.DoAsync(new { type = "exit", room = "lounge" });

        Assert.EndsWith(":1", entered.GetProperty("position").GetString(), StringComparison.Ordinal);
        var (first, second, third) = (await yui.NextAsync(), await yui.NextAsync(), await yui.NextAsync());
        Assert.Equal(
            ("presence", "enter", ren.Id, "Ren", """{"busy":false}"""),
            (first.Type, first["action"], first["member"], first["name"], first["data"]));
        Assert.Equal(("update", """{"busy":true}""", 2), (second["action"], second["data"], second.Offset));
        Assert.Equal(("leave", null), (third["action"], third["data"]));
        Assert.Empty(await ren.DrainAsync());
    }

    [Fact]
    public async Task Lists_ComeWithTheJoinAndOnRequest()
    {
        await using var hub = await TestHub.StartAsync();
        await using var ren = await V1Client.JoinAsync(hub, name: "Ren");
        await ren.DoAsync(new { type = "enter", room = "lounge" });
        await ren.DoAsync(new { type = "set", room = "lounge", key = "topic", text = "echoes" });
        await ren.DoAsync(new { type = "set", room = "lounge", key = "picture", binary = true, bound = true }, [1, 2, 3]);
        await using var yui = await V1Client.GreetAsync(hub);

        var joined = await yui.EnterAsync(Join);
        var members = await yui.DoAsync(new { type = "members", room = "lounge" });
        var state = await yui.DoAsync(new { type = "state", room = "lounge" });
        var one = await yui.DoAsync(new { type = "state", room = "lounge", key = "topic" });

        var position = $"{hub.Hub.FindRoom("lounge")!.Epoch}:3";
        Assert.Equal(position, joined.GetProperty("at").GetString());
        Assert.Equal(joined.GetProperty("members").GetRawText(), members.GetProperty("members").GetRawText());
        Assert.Equal(joined.GetProperty("state").GetRawText(), state.GetProperty("state").GetRawText());
        Assert.Equal((position, position), (members.GetProperty("position").GetString(), state.GetProperty("position").GetString()));
        var member = Assert.Single(members.GetProperty("members").EnumerateArray());
        Assert.Equal((ren.Id, "Ren", JsonValueKind.Null, 1), (
            member.GetProperty("member").GetString(), member.GetProperty("name").GetString(), member.GetProperty("data").ValueKind,
            member.GetProperty("offset").GetInt64()));
        var picture = state.GetProperty("state")[1];
        Assert.Equal(
            ("picture", "AQID", true),
            (picture.GetProperty("key").GetString(), picture.GetProperty("base64").GetString(), picture.GetProperty("bound").GetBoolean()));
        Assert.Equal("echoes", Assert.Single(one.GetProperty("state").EnumerateArray()).GetProperty("text").GetString());
    }

    [Fact]
    public async Task State_SetAndRemoved_IsToldToWhoAsked()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.GreetAsync(hub);
        await using var ren = await V1Client.JoinAsync(hub, name: "Ren");
        await yui.EnterAsync(Join);

        await ren.DoAsync(new { type = "set", room = "lounge", key = "ball", args = new[] { 1, 2 }, id = "s1" });
        await ren.DoAsync(new { type = "set", room = "lounge", key = "ball", binary = true }, [9]);
        await ren.DoAsync(new { type = "remove", room = "lounge", key = "ball" });

        var (args, binary, removed) = (await yui.NextAsync(), await yui.NextAsync(), await yui.NextAsync());
        Assert.Equal(
            ("state", "set", "ball", ren.Id, "[1,2]", "s1"),
            (args.Type, args["action"], args["key"], args["from"], args["args"], args["id"]));
        Assert.Equal([9], binary.Binary!);
        Assert.Equal(("remove", "ball", null, 3), (removed["action"], removed["key"], removed["text"], removed.Offset));
    }

    [Fact]
    public async Task Member_WhoseConnectionBreaks_StaysIfItComesBack()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.GreetAsync(hub);
        await yui.EnterAsync(Join);
        await using var ren = await V1Client.JoinAsync(hub, name: "Ren");
        await ren.DoAsync(new { type = "enter", room = "lounge", data = 1 });
        await ren.DoAsync(new { type = "set", room = "lounge", key = "seat", text = "Ren", bound = true });

        await using var back = await ren.ComeBackAsync(hub, "?name=Ren");
        await back.DoAsync(new { type = "join", room = "lounge" });
        await back.DoAsync(new { type = "enter", room = "lounge", data = 1 });
        await back.DoAsync(new { type = "publish", room = "lounge", text = "back" });

        Assert.Equal(
            [("enter", null), ("set", "Ren"), (null, "back")],
            (await yui.DrainAsync()).Select(frame => (frame["action"], frame["text"])));
    }

    [Fact]
    public async Task Member_WhoseConnectionBreaks_GoesWithItsKeysWhenItDoesNot()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(o => o.PingInterval = TimeSpan.Zero, clock: clock);
        await using var yui = await V1Client.GreetAsync(hub);
        await yui.EnterAsync(Join);
        var ren = await V1Client.JoinAsync(hub, name: "Ren");
        await ren.DoAsync(new { type = "enter", room = "lounge" });
        await ren.DoAsync(new { type = "set", room = "lounge", key = "seat", text = "Ren", bound = true });
        ren.Peer.Socket.Abort();
        await Deadline.UntilAsync(() => hub.Hub.PeerCount == 1);

        clock.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(
            ["enter", "set", "leave", "remove"],
            (await yui.DrainAsync()).Where(frame => frame.Type != "mark").Select(frame => frame["action"]));
        await ren.DisposeAsync();
    }

    [Fact]
    public async Task Resume_AfterChangesOfKeys_GetsTheLastOfEach()
    {
        await using var hub = await TestHub.StartAsync();
        await using var ren = await V1Client.JoinAsync(hub, name: "Ren");
        await using var yui = await V1Client.GreetAsync(hub);
        await yui.EnterAsync(Join);
        var position = $"{hub.Hub.FindRoom("lounge")!.Epoch}:0";
        await yui.DoAsync(new { type = "leave", room = "lounge" });
        foreach (var value in "abc") await ren.DoAsync(new { type = "set", room = "lounge", key = "k", text = value.ToString() });
        await ren.DoAsync(new { type = "set", room = "lounge", key = "gone", text = "x" });
        await ren.DoAsync(new { type = "remove", room = "lounge", key = "gone" });

        var joined = await yui.DoAsync(new { type = "join", room = "lounge", presence = true, state = true, after = position });
        var (set, removed, mark) = (await yui.NextAsync(), await yui.NextAsync(), await yui.NextAsync());

        Assert.False(joined.TryGetProperty("state", out _));
        Assert.Equal(("k", "c", 3), (set["key"], set["text"], set.Offset));
        Assert.Equal(("gone", "remove", 5), (removed["key"], removed["action"], removed.Offset));
        Assert.Equal(("mark", 5), (mark.Type, mark.Offset));
    }

    [Theory]
    [InlineData("""{"type":"enter","room":"lounge","data":"LONG"}""", "TOO_LARGE")]
    [InlineData("""{"type":"enter","room":"lounge","id":"a b"}""", "INVALID")]
    [InlineData("""{"type":"enter","room":"elsewhere"}""", "NOT_JOINED")]
    [InlineData("""{"type":"set","room":"lounge","key":"","text":"x"}""", "INVALID")]
    [InlineData("""{"type":"set","room":"lounge","key":"a\u0007","text":"x"}""", "INVALID")]
    [InlineData("""{"type":"set","room":"lounge","key":"k"}""", "INVALID")]
    [InlineData("""{"type":"set","room":"lounge","key":"k","text":"x","args":[]}""", "INVALID")]
    [InlineData("""{"type":"remove","room":"lounge","key":"LONG"}""", "INVALID")]
    [InlineData("""{"type":"publish","room":"lounge","text":"x","transient":true,"id":"a"}""", "INVALID")]
    [InlineData("""{"type":"members","room":"elsewhere"}""", "NOT_JOINED")]
    [InlineData("""{"type":"state","room":"elsewhere"}""", "NOT_JOINED")]
    public async Task Request_OutOfItsBounds_IsRefusedAlone(string request, string code)
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);

        var asked = request.Replace("LONG", new string('x', 5000), StringComparison.Ordinal);
        Assert.Equal(code, await yui.FailAsync(JsonDocument.Parse(asked).RootElement));
        await yui.DoAsync(new { type = "set", room = "lounge", key = "k", text = "x" });
    }

    [Fact]
    public async Task State_OfMoreKeysThanMayBe_IsFull()
    {
        await using var hub = await TestHub.StartAsync(o => o.Log.MaxStateKeys = 1);
        await using var yui = await V1Client.JoinAsync(hub);
        await yui.DoAsync(new { type = "set", room = "lounge", key = "one", text = "x" });

        Assert.Equal("FULL", await yui.FailAsync(new { type = "set", room = "lounge", key = "two", text = "x" }));
    }

    [Theory]
    [InlineData("""{"type":"enter","room":"lounge","data":"bad"}""")]
    [InlineData("""{"type":"set","room":"lounge","key":"k","text":"bad"}""")]
    [InlineData("""{"type":"remove","room":"lounge","key":"bad"}""")]
    public async Task Change_ThatAFilterDrops_IsRefusedWithItsReason(string request)
    {
        await using var hub = await TestHub.StartAsync(o => o.Rules.Filter(async (message, _) =>
        {
            await Task.Yield();
            return message.Key == "bad" || message.Payload.ToString().Contains("bad", StringComparison.Ordinal)
                ? FilterResult.Drop("That word is not said here.")
                : FilterResult.Pass;
        }));
        await using var yui = await V1Client.JoinAsync(hub);

        Assert.Equal("MESSAGE_REFUSED", await yui.FailAsync(JsonDocument.Parse(request).RootElement));
        await yui.DoAsync(new { type = "enter", room = "lounge", data = "good" });
        await yui.DoAsync(new { type = "set", room = "lounge", key = "k", text = "good" });
        Assert.Equal(2, hub.Hub.FindRoom("lounge")!.Offset);
    }

    [Fact]
    public async Task Enter_SentAgainAfterTheConnectionBroke_KeepsTheMember()
    {
        var time = new FakeClock();
        await using var hub = await TestHub.StartAsync(clock: time);
        await using var yui = await V1Client.JoinAsync(hub);
        var entered = await yui.DoAsync(new { type = "enter", room = "lounge", id = "e1", data = 1 });
        var before = $"{hub.Hub.FindRoom("lounge")!.Epoch}:0";
        yui.Peer.Socket.Abort();
        await Deadline.UntilAsync(() => hub.Hub.PeerCount == 0);

        await using var back = await yui.ComeBackAsync(hub);
        await back.EnterAsync(Join);
        var again = await back.DoAsync(new { type = "enter", room = "lounge", id = "e1", again = before, data = 1 });
        time.Advance(TimeSpan.FromSeconds(11));

        Assert.True(again.GetProperty("duplicate").GetBoolean());
        Assert.Equal(entered.GetProperty("position").GetString(), again.GetProperty("position").GetString());
        Assert.Equal(1, hub.Hub.FindRoom("lounge")!.Members.Count);
    }
}
