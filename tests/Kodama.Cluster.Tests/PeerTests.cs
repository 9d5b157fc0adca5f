using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Kodama.Client;
using Kodama.Server;

namespace Kodama.Cluster.Tests;

/// <summary>What is promised of peers, whichever hub they are at (docs/specs/cluster.md, What doors promise over hubs).</summary>
public sealed class PeerTests(SharedServer redis) : IClassFixture<SharedServer>
{
    private const string AdminToken = "0123456789abcdef";

    [Fact]
    public async Task Session_ThatComesToAnotherHub_EndsItsOlderConnection()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address);
        await using var older = await cluster.ConnectAsync(0);
        await using var newer = await cluster.ConnectAsync(1, new() { Session = older.Session });

        var closed = await older.BecomesClosedAsync();
        Assert.Equal(4002, Assert.IsType<HubClosedException>(closed.Cause).CloseCode);
        Assert.Equal([0, 1, 0], cluster.Hubs.Select(static hub => hub.Hub.PeerCount));
    }

    [Fact]
    public async Task Session_ThatComesToAllHubsAtOnce_HasOneConnectionInTheEnd()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address);
        await using var first = await cluster.ConnectAsync(0);
        var options = new KodamaRoomsOptions { Session = first.Session };

        var clients = await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
        {
            try
            {
                return await KodamaRooms.ConnectAsync(TestCluster.Address(cluster.Hubs[i % 3]), options);
            }
            catch (KodamaClientException)
            {
                // Another came behind it, before it was in.
                return null;
            }
        }));

        await Deadline.UntilAsync(() => cluster.Hubs.Sum(static hub => hub.Hub.PeerCount) == 1);
        foreach (var client in clients) await (client?.DisposeAsync() ?? default);
    }

    [Fact]
    public async Task DirectMessage_ToAPeerElsewhere_ReachesItFromWhoSharesARoom()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address);
        await using var yui = await cluster.ConnectAsync(0);
        await using var ren = await cluster.ConnectAsync(2);
        await using var tea = await yui.JoinAsync("tea");
        await using var hall = await ren.JoinAsync("hall");

        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => yui.SendToAsync(ren.Session!.Id, "psst"));
        Assert.Equal("NOT_ALLOWED", refused.Code);
        var gone = await Assert.ThrowsAsync<RequestRefusedException>(() => yui.SendToAsync("nobody", "psst"));
        Assert.Equal("PEER_GONE", gone.Code);

        await using var also = await ren.JoinAsync("tea");
        await yui.SendToAsync(ren.Session!.Id, "psst").WaitAsync(Deadline.Default);
        var message = await ren.DirectAsync();
        Assert.Equal("psst", message.Text);
        Assert.Equal(yui.Session!.Id, message.From);
    }

    [Fact]
    public async Task Program_SpeaksToAllAndToOne_WhereverTheyAre()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address);
        await using var yui = await cluster.ConnectAsync(1);
        await using var ren = await cluster.ConnectAsync(2);

        cluster.Hubs[0].Hub.Send("to all");
        Assert.Equal("to all", (await yui.DirectAsync()).Text);
        Assert.Equal("to all", (await ren.DirectAsync()).Text);
        Assert.Equal(2, await cluster.Hubs[0].Hub.SendAsync("message", "again"));
        Assert.True(await cluster.Hubs[0].Hub.SendToAsync(ren.Session!.Id, "message", "to you"));
        Assert.False(await cluster.Hubs[0].Hub.SendToAsync("nobody", "message", "to you"));
        Assert.Equal("again", (await ren.DirectAsync()).Text);
        Assert.Equal("to you", (await ren.DirectAsync()).Text);
    }

    [Fact]
    public async Task Admin_OfOneHub_DisconnectsAnnouncesAndClosesAtAll()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address, configure: static o => o.AdminToken = AdminToken);
        await using var yui = await cluster.ConnectAsync(1);
        await using var ren = await cluster.ConnectAsync(2);
        await using var room = await ren.JoinAsync("tea");
        using var http = new HttpClient { BaseAddress = TestCluster.Address(cluster.Hubs[0]), Timeout = Deadline.Default };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        await http.GetAsync(new Uri("api/rooms/tea/messages", UriKind.Relative));

        var announced = await http.PostAsync(new Uri("api/admin/messages", UriKind.Relative), new StringContent("closing soon"));
        Assert.Equal(2, (await announced.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("receivers").GetInt32());
        Assert.Equal("closing soon", (await yui.DirectAsync()).Text);

        var closed = await http.DeleteAsync(new Uri("api/admin/rooms/tea", UriKind.Relative));
        Assert.Equal(1, (await closed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("peers").GetInt32());
        Assert.Equal("NOT_ALLOWED", Assert.IsType<RequestRefusedException>(await room.EndAsync()).Code);

        var disconnected = await http.DeleteAsync(new Uri($"api/admin/peers/{yui.Session!.Id}?reason=bye", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, disconnected.StatusCode);
        var cause = Assert.IsType<HubClosedException>((await yui.BecomesClosedAsync()).Cause);
        Assert.Equal((4001, "bye"), (cause.CloseCode, cause.Reason));
        var nobody = await http.DeleteAsync(new Uri("api/admin/peers/nobody", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
    }

    [Fact]
    public async Task Review_AtOneHub_AsksTheRulesOfAll()
    {
        var isOpen = true;
        await using var cluster = await TestCluster.StartAsync(
            redis.Address, configure: o => o.Rules.Grant((_, _) => Volatile.Read(ref isOpen) ? RoomRights.All : RoomRights.None));
        await using var yui = await cluster.ConnectAsync(2);
        await using var room = await yui.JoinAsync("tea");

        Volatile.Write(ref isOpen, false);
        await cluster.Hubs[0].Hub.ReviewAsync("tea");

        Assert.Equal("NOT_ALLOWED", Assert.IsType<RequestRefusedException>(await room.EndAsync()).Code);
    }

    [Fact]
    public async Task Lists_AtEachHub_HaveThePeersAndRoomsOfAll()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address);
        await using var yui = await cluster.ConnectAsync(0, new() { Details = { ["name"] = "Yui" } });
        await using var ren = await cluster.ConnectAsync(1, new() { Details = { ["name"] = "Ren" } });
        await using var tea = await yui.JoinAsync("tea");
        await using var also = await ren.JoinAsync("tea");
        await using var hall = await ren.JoinAsync("hall");

        foreach (var hub in cluster.Hubs)
        {
            var peers = await cluster.GetAsync(hub, "/api/peers");
            Assert.Empty(peers.GetProperty("missing").EnumerateArray());
            Assert.Equal(
                [("Ren", cluster.Hubs[1].Hub.Id), ("Yui", cluster.Hubs[0].Hub.Id)],
                peers.GetProperty("peers").EnumerateArray().Select(static peer =>
                    (peer.GetProperty("details").GetProperty("name").GetString()!, peer.GetProperty("hub").GetString()!)).Order());
            var inHall = await cluster.GetAsync(hub, "/api/peers?room=hall");
            Assert.Equal(1, inHall.GetProperty("peers").GetArrayLength());
            var rooms = (await cluster.GetAsync(hub, "/api/rooms")).GetProperty("rooms").EnumerateArray();
            Assert.Equal(
                [("hall", 1), ("tea", 2)],
                rooms.Select(static room => (room.GetProperty("name").GetString()!, room.GetProperty("peers").GetInt32())).Order());
        }
        await Deadline.UntilAsync(() => LoadAsync(cluster).GetAwaiter().GetResult() is [0, 1, 1]);
    }

    [Fact]
    public async Task List_WhereAHubDoesNotAnswer_NamesIt()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address, hubs: 2);
        redis.Server.Run("HSET", cluster.Key("about"), "ghost", "{}");
        await Deadline.UntilAsync(() => cluster.Hubs[0].Hub.Cluster!.Hubs.Count == 3);

        var peers = await cluster.GetAsync(cluster.Hubs[0], "/api/peers");

        Assert.Equal("ghost", Assert.Single(peers.GetProperty("missing").EnumerateArray()).GetString());
    }

    private static async Task<int[]> LoadAsync(TestCluster cluster) =>
        [.. (await cluster.GetAsync(cluster.Hubs[2], "/api/cluster")).GetProperty("hubs").EnumerateArray()
            .Select(static hub => hub.GetProperty("peers").GetInt32()).Order()];
}
