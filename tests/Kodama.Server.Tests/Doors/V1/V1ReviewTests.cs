using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>What a client of kodama.v1 is told when the rules are asked again.</summary>
public sealed class V1ReviewTests
{
    [Theory]
    [InlineData("lounge")]
    [InlineData("lounge", "tea")]
    public async Task Review_ThatTakesRead_TellsTheClient_WhoseConnectionGoesOn(params string[] rooms)
    {
        var isOpen = true;
        await using var hub = await TestHub.StartAsync(o =>
            o.Rules.Grant((_, room) => isOpen || room == "tea" ? RoomRights.All : RoomRights.None));
        await using var client = await V1Client.GreetAsync(hub);
        foreach (var room in rooms) await client.EnterAsync(new { type = "join", room });

        isOpen = false;
        await hub.Hub.ReviewAsync("lounge").Within();

        var left = await client.NextAsync();
        Assert.Equal(("left", "lounge", "NOT_ALLOWED"), (left.Type, left["room"], left["code"]));
        Assert.NotEmpty(left["text"]!);
        Assert.Equal("NOT_JOINED", await client.FailAsync(new { type = "publish", room = "lounge", text = "still here" }));
        Assert.Equal("NOT_ALLOWED", await client.FailAsync(new { type = "join", room = "lounge" }));
        Assert.Empty(await client.DrainAsync());
        await using var other = await V1Client.JoinAsync(hub, "tea");
        if (rooms.Length == 1) await client.EnterAsync(new { type = "join", room = "tea" });
        await other.DoAsync(new { type = "publish", room = "tea", text = "hello" });
        Assert.Equal("hello", (await client.NextAsync())["text"]);
    }

    [Fact]
    public async Task Review_BesideAJoin_IsToldBehindItsAnswer()
    {
        var isOpen = true;
        await using var hub = await TestHub.StartAsync(o =>
            o.Rules.Grant((_, _) => Volatile.Read(ref isOpen) ? RoomRights.All : RoomRights.None));
        await using var client = await V1Client.GreetAsync(hub);

        for (var round = 0; round < 100; round++)
        {
            Volatile.Write(ref isOpen, true);
            await client.BeginAsync(new { type = "join", room = "lounge" });
            Volatile.Write(ref isOpen, false);
            await hub.Hub.ReviewAsync("lounge").Within();

            var answer = await client.ReceiveAsync();
            Assert.Contains(answer.Type, (string[])["joined", "error"]);
            if (answer.Type == "error") continue;
            while ((await client.ReceiveAsync()).Type is var told && told != "left") Assert.Equal("mark", told);
            // Once, whichever of the two has seen it.
            Assert.Empty(await client.DrainAsync());
        }
    }

    [Fact]
    public async Task Review_WhileTheRoomIsJoinedOnceMore_IsToldBehindTheAnswer()
    {
        var rights = RoomRights.All;
        var asked = new TaskCompletionSource();
        var decided = new TaskCompletionSource();
        var isSlow = false;
        await using var hub = await TestHub.StartAsync(o => o.Rules.Grant(async (_, _, _, _) =>
        {
            if (isSlow)
            {
                isSlow = false;
                asked.SetResult();
                await decided.Task;
            }
            return rights;
        }));
        await using var client = await V1Client.GreetAsync(hub);
        await client.EnterAsync(new { type = "join", room = "lounge" });

        isSlow = true;
        await client.BeginAsync(new { type = "join", room = "lounge" });
        await asked.Task.Within();
        rights = RoomRights.None;
        await hub.Hub.ReviewAsync("lounge").Within();
        decided.SetResult();

        Assert.Equal("error", (await client.ReceiveAsync()).Type);
        var left = await client.ReceiveAsync();
        Assert.Equal(("left", "lounge"), (left.Type, left["room"]));
    }
}
