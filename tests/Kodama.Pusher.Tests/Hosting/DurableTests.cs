using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Pusher.Tests;

/// <summary>With rooms that are kept: what is said, and who comes, has its place when it is on the disk.</summary>
public sealed class DurableTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kodama-pusher-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Presence_OfDurableRooms_IsWhole()
    {
        await using var server = await StartAsync();
        await using var one = await server.ConnectAsync();
        await using var two = await server.ConnectAsync();

        await one.JoinAsync("presence-x", "1");
        var list = await two.JoinAsync("presence-x", "2");
        Assert.Equal("""["1","2"]""", list.DataJson.GetProperty("presence").GetProperty("ids").GetRawText());
        Assert.Equal("2", (await one.ExpectAsync("pusher_internal:member_added")).DataJson.GetProperty("user_id").GetString());
        await two.SendAsync("""{"event":"client-a","channel":"presence-x","data":{}}""");
        Assert.Equal("2", (await one.ExpectAsync("client-a")).UserId);
        two.Abort();
        Assert.Equal("2", (await one.ExpectAsync("pusher_internal:member_removed")).DataJson.GetProperty("user_id").GetString());
    }

    [Fact]
    public async Task Presence_OfALifeThatIsOver_IsForgotten()
    {
        await using (var server = await StartAsync())
        {
            await using var client = await server.ConnectAsync();
            await client.JoinAsync("presence-x", "old");
        }

        await using var again = await StartAsync();
        await using var one = await again.ConnectAsync();
        Assert.Equal("""{"presence":{"count":1,"ids":["new"],"hash":{"new":null}}}""", (await one.JoinAsync("presence-x", "new")).Data);
        await one.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SocketId_IsLeftOut_InDurableRoomsToo(bool echoes)
    {
        await using var server = await StartAsync(echoes);
        await using var one = await server.ConnectAsync();
        await using var two = await server.ConnectAsync();
        await one.SubscribeAsync("news");
        await two.SubscribeAsync("news");

        await server.TriggerAsync("news", "e", "{}", one.SocketId);
        await server.TriggerAsync("news", "f", "{}");

        await two.ExpectAsync("e");
        await two.ExpectAsync("f");
        await one.ExpectAsync("f");
    }

    [Fact]
    public async Task CachedEvent_OutlivesTheHub()
    {
        await using (var server = await StartAsync()) await server.TriggerAsync("cache-x", "price", "120");

        await using var again = await StartAsync();
        await using var client = await again.ConnectAsync();
        await client.SubscribeAsync("cache-x");
        Assert.Equal("120", (await client.ExpectAsync("price")).Data);
    }

    [Fact]
    public async Task CachedEvent_OfAnEarlierLife_GoesWhenItIsOld()
    {
        var clock = new FakeClock();
        await using (var server = await StartAsync(time: clock)) await server.TriggerAsync("cache-x", "price", "120");

        await using var again = await StartAsync(time: clock);
        await using var raw = await RawDoorClient.ConnectAsync(again.Url, "cache-x");
        await Deadline.UntilAsync(() => again.Hub.FindRoom("cache-x")?.State.Find("pusher.cache") is not null);
        clock.Advance(TimeSpan.FromMinutes(31));
        again.ExpireCache();

        await Deadline.UntilAsync(() => again.Hub.FindRoom("cache-x")!.State.Find("pusher.cache") is null);
    }

    private Task<PusherServer> StartAsync(bool echoes = false, TimeProvider? time = null) =>
        PusherServer.StartAsync(hub: options => options.Echo = echoes, time: time, services: services => services.UseSqlite(folder));
}
