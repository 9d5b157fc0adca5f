using System.Net;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>Rules of rooms, as clients of the raw door and of HTTP meet them.</summary>
public sealed class RoomRuleTests
{
    [Fact]
    public async Task Join_WithTheRoomsToken_ComesInAndItIsNoDetail()
    {
        await using var hub = await StartAsync();

        await using var peer = await hub.JoinAsync("/ws/vip?kodama.token=maple&name=Yui");
        await using var stranger = await hub.ConnectAsync("/ws/vip?kodama.token=cedar");

        Assert.Equal(["name"], peer.Peer!.Details.Keys);
        Assert.Equal((3000, "The rules of the room do not let this client in."), await stranger.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Publish_WithoutTheRoomsToken_IsNotAllowed()
    {
        await using var hub = await StartAsync();

        var refused = await PublishAsync(hub, "/api/rooms/vip/messages");
        var published = await PublishAsync(hub, "/api/rooms/vip/messages?kodama.token=maple");

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Contains("\"NOT_ALLOWED\"", refused.Body, StringComparison.Ordinal);
        Assert.Contains("\"offset\":1", published.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ListsAndEvents_LeaveOutRoomsThatTheReaderCannotJoin(bool takesTime)
    {
        await using var hub = await StartAsync(takesTime);
        await using var yui = await hub.JoinAsync("/ws/vip?kodama.token=maple&name=Yui");
        await using var ren = await hub.JoinAsync("/ws/tea?name=Ren");
        using var events = await SseReader.OpenAsync(hub.Client, "/api/events");
        var snapshot = (await events.ReadAsync("snapshot")).Data;

        await yui.SendAsync("a secret");
        await Deadline.UntilAsync(() => yui.Peer!.Room!.Offset == 1);
        await ren.SendAsync("hello");

        Assert.Equal("hello", (await events.ReadAsync("message")).Text("text"));
        Assert.DoesNotContain("vip", snapshot.GetRawText(), StringComparison.Ordinal);
        // Who is there only is not told of either, with its address and details.
        var told = snapshot.GetProperty("peers").EnumerateArray().Select(peer => peer.GetProperty("details").GetProperty("name"));
        Assert.Equal(["Ren"], told.Select(name => name.GetString()));
        Assert.DoesNotContain("Yui", await hub.Client.GetStringAsync("/api/peers").Within(), StringComparison.Ordinal);
        Assert.Contains("Ren", await hub.Client.GetStringAsync("/api/peers").Within(), StringComparison.Ordinal);
        Assert.DoesNotContain("vip", await hub.Client.GetStringAsync("/api/rooms").Within(), StringComparison.Ordinal);
        Assert.DoesNotContain("vip", await hub.Client.GetStringAsync("/api/peers").Within(), StringComparison.Ordinal);
        Assert.Equal("""{"peers":[]}""", await hub.Client.GetStringAsync("/api/peers?room=vip").Within());
    }

    [Fact]
    public async Task Review_WithoutRead_ClosesARawPeer()
    {
        var isOpen = true;
        await using var hub = await TestHub.StartAsync(o => o.Rules.Grant((_, _) => isOpen ? RoomRights.All : RoomRights.None));
        await using var peer = await hub.JoinAsync();

        isOpen = false;
        await peer.Peer!.Room!.ReviewAsync().Within();

        Assert.Equal((4003, "The rules of the room do not let this client in any more."), await peer.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Request_AsksTheRulesOnceAboutOneClient()
    {
        var asked = new List<string>();
        await using var hub = await TestHub.StartAsync(options => options.Rules.Grant((peer, _) =>
        {
            asked.Add(peer.Id);
            return RoomRights.All;
        }));

        await PublishAsync(hub, "/api/rooms/tea/messages");
        await hub.Client.PutAsync("/api/rooms/tea/state/k", new StringContent("1")).Within();
        await hub.Client.DeleteAsync("/api/rooms/tea/state/k").Within();
        await hub.Client.GetStringAsync("/api/rooms/tea/messages").Within();

        Assert.Equal(4, asked.Count);
        Assert.Equal(4, asked.Distinct().Count());
    }

    private static Task<TestHub> StartAsync(bool takesTime = false) => TestHub.StartAsync(options =>
    {
        options.Rules.RoomToken("vip", "maple");
        if (!takesTime) return;
        options.Rules.Grant(async (_, _, _, _) =>
        {
            await Task.Yield();
            return RoomRights.All;
        });
    });

    private static async Task<(HttpStatusCode Status, string Body)> PublishAsync(TestHub hub, string path)
    {
        using var content = new StringContent("hello");
        using var answer = await hub.Client.PostAsync(new Uri(path, UriKind.Relative), content).Within();
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
