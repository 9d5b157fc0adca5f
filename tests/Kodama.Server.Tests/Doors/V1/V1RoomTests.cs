using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class V1RoomTests
{
    [Fact]
    public async Task Join_Live_IsAnsweredWithTheHead()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);
        for (var i = 0; i < 3; i++) await yui.DoAsync(new { type = "publish", room = "lounge", text = "before" });
        await using var ren = await V1Client.GreetAsync(hub, "?name=Ren");

        var joined = await ren.DoAsync(new { type = "join", room = "lounge" });
        var room = hub.Hub.FindRoom("lounge")!;

        Assert.Equal("joined", joined.GetProperty("type").GetString());
        Assert.Equal($"{room.Epoch}:3", joined.GetProperty("position").GetString());
        Assert.False(joined.TryGetProperty("gap", out _));
        Assert.True((await ren.NextAsync()).Json.GetProperty("live").GetBoolean());
        await yui.DoAsync(new { type = "publish", room = "lounge", text = "after" });
        var heard = await ren.NextAsync();
        Assert.Equal(
            (4, "after", yui.Id, "Yui", "lounge", "message"),
            (heard.Offset, heard["text"], heard["from"], heard["name"], heard["room"], heard["event"]));
        Assert.InRange(
            heard.Json.GetProperty("time").GetInt64(),
            hub.Hub.StartedAt.ToUnixTimeMilliseconds(),
            DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Join_OfARoom_IsToldWhetherItEchoes(bool echoes)
    {
        await using var hub = await TestHub.StartAsync(o => o.Echo = echoes);
        await using var yui = await V1Client.GreetAsync(hub);

        var joined = await yui.DoAsync(new { type = "join", room = "lounge" });

        Assert.Equal(echoes, joined.TryGetProperty("echo", out var echo) && echo.GetBoolean());
    }

    [Fact]
    public async Task Join_WithTheLast_GetsThemBehindTheAnswerAndThenIsLive()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);
        for (var i = 1; i <= 5; i++) await yui.DoAsync(new { type = "publish", room = "lounge", text = $"m{i}" });
        await using var ren = await V1Client.GreetAsync(hub);

        await ren.SendAsync(new { type = "join", n = 1, room = "lounge", last = 2 });

        Assert.Equal("joined", (await ren.ReceiveAsync()).Type);
        Assert.Equal((4, "m4"), await MessageAsync(ren));
        Assert.Equal((5, "m5"), await MessageAsync(ren));
        var mark = await ren.ReceiveAsync();
        Assert.Equal(("mark", 5), (mark.Type, mark.Offset));
    }

    [Fact]
    public async Task Join_SinceATime_GetsWhatCameThenAndLater()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(clock: clock);
        await using var yui = await V1Client.JoinAsync(hub);
        await yui.DoAsync(new { type = "publish", room = "lounge", text = "early" });
        clock.Advance(TimeSpan.FromSeconds(1));
        await yui.DoAsync(new { type = "publish", room = "lounge", text = "late" });
        await using var ren = await V1Client.GreetAsync(hub);

        await ren.DoAsync(new { type = "join", room = "lounge", since = clock.GetUtcNow().ToUnixTimeMilliseconds() });

        Assert.Equal((2, "late"), await MessageAsync(ren));
    }

    [Theory]
    [InlineData("AAAAAAAAAAAA:1")]
    [InlineData(":99")]
    public async Task Join_AfterAPositionThatIsNotThere_IsToldAGapAndGoesOnAtTheOldest(string position)
    {
        await using var hub = await TestHub.StartAsync(o => o.Log.Messages = 2);
        await using var yui = await V1Client.JoinAsync(hub);
        for (var i = 1; i <= 4; i++) await yui.DoAsync(new { type = "publish", room = "lounge", text = $"m{i}" });
        var epoch = hub.Hub.FindRoom("lounge")!.Epoch;
        await using var ren = await V1Client.GreetAsync(hub);

        var joined = await ren.DoAsync(new { type = "join", room = "lounge", after = position[0] == ':' ? epoch + position : position });

        Assert.True(joined.GetProperty("gap").GetBoolean());
        Assert.Equal($"{epoch}:2", joined.GetProperty("position").GetString());
        Assert.Equal((3, "m3"), await MessageAsync(ren));
        Assert.Equal((4, "m4"), await MessageAsync(ren));
    }

    [Fact]
    public async Task Join_Twice_IsAnError()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);

        Assert.Equal("ALREADY_JOINED", await yui.FailAsync(new { type = "join", room = "lounge" }));
    }

    [Fact]
    public async Task Join_OfMoreRoomsThanMayBe_IsAnErrorAndTheOthersStay()
    {
        await using var hub = await TestHub.StartAsync(o => o.MaxRoomsPerPeer = 2);
        await using var yui = await V1Client.JoinAsync(hub, "one");
        await yui.DoAsync(new { type = "join", room = "two" });

        Assert.Equal("TOO_MANY_ROOMS", await yui.FailAsync(new { type = "join", room = "three" }));
        await yui.DoAsync(new { type = "publish", room = "two", text = "here" });
        await yui.DoAsync(new { type = "leave", room = "one" });
        await yui.DoAsync(new { type = "join", room = "three" });
    }

    [Fact]
    public async Task Leave_Answered_EndsWhatComesOfTheRoom()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);
        await using var ren = await V1Client.JoinAsync(hub, name: "Ren");
        await yui.DoAsync(new { type = "publish", room = "lounge", text = "heard" });

        await ren.DoAsync(new { type = "leave", room = "lounge" });
        await yui.DoAsync(new { type = "publish", room = "lounge", text = "not heard" });

        Assert.Equal(["heard"], (await ren.DrainAsync()).Where(frame => frame.Type == "message").Select(frame => frame["text"]));
        Assert.Equal("NOT_JOINED", await ren.FailAsync(new { type = "leave", room = "lounge" }));
        Assert.Equal("NOT_JOINED", await ren.FailAsync(new { type = "publish", room = "lounge", text = "no" }));
    }

    [Fact]
    public async Task Reader_ThatGotNoneOfTheLastEntries_IsToldHowFarItIs()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(o => o.PingInterval = TimeSpan.Zero, clock: clock);
        await using var yui = await V1Client.JoinAsync(hub);
        await yui.DoAsync(new { type = "publish", room = "lounge", text = "mine" });
        await yui.DoAsync(new { type = "publish", room = "lounge", text = "mine too" });

        clock.Advance(TimeSpan.FromSeconds(5));

        var mark = await yui.NextAsync();
        Assert.Equal(("mark", 2), (mark.Type, mark.Offset));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(await yui.DrainAsync());
    }

    private static async Task<(long Offset, string? Text)> MessageAsync(V1Client client)
    {
        var frame = await client.NextAsync();
        return (frame.Offset, frame["text"]);
    }

    [Fact]
    public async Task Join_WithManyTokensThatAreWrong_EndsTheConnection()
    {
        await using var hub = await TestHub.StartAsync(options => options.Rules.RoomToken("vip", "maple"));
        await using var yui = await V1Client.GreetAsync(hub);

        for (var i = 0; i < 20; i++) Assert.Equal("NOT_ALLOWED", await yui.FailAsync(new { type = "join", room = "vip" }));
        for (var i = 0; i < 10; i++)
            Assert.Equal("NOT_ALLOWED", await yui.FailAsync(new { type = "join", room = "vip", token = $"guess {i}" }));

        const string Text = "10 joins that brought a token were refused: connect again with the right one.";
        Assert.Equal((4003, Text), await yui.Peer.ReceiveCloseAsync());
    }
}
