using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Pusher.Tests;

/// <summary>docs/specs/pusher.md, S6.</summary>
public sealed class CacheChannelTests
{
    [Theory]
    [InlineData("cache-x")]
    [InlineData("private-cache-x")]
    [InlineData("private-encrypted-cache-x")]
    [InlineData("presence-cache-x")]
    public async Task LastEvent_ComesBehindTheAnswer_OrAMissDoes(string channel)
    {
        await using var server = await PusherServer.StartAsync();
        var data = channel.StartsWith("presence", StringComparison.Ordinal) ? """{"user_id":"1"}""" : null;
        await using (var first = await server.ConnectAsync())
        {
            await first.SubscribeAsync(channel, data);
            await first.ExpectAsync("pusher:cache_miss", channel);
            await server.TriggerAsync(channel, "old", "{}");
            await server.TriggerAsync(channel, "price", """{"yen": 120}""");
            await first.ExpectAsync("old");
            Assert.Equal("""{"yen": 120}""", (await first.ExpectAsync("price")).Data);
            await first.ExpectNothingAsync();
        }

        await using var second = await server.ConnectAsync();
        await second.SubscribeAsync(channel, data);
        Assert.Equal("""{"yen": 120}""", (await second.ExpectAsync("price", channel)).Data);
        await second.ExpectNothingAsync();
    }

    [Fact]
    public async Task Cache_IsTheRoomsState_ForHalfAnHour()
    {
        var clock = new FakeClock();
        await using var server = await PusherServer.StartAsync(time: clock);
        await server.TriggerAsync("cache-x", "price", "1");
        Assert.NotNull(server.Hub.FindRoom("cache-x")!.State.Find("pusher.cache"));
        clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(
            """{"occupied":false,"cache":{"data":"1","ttl":60}}""", (await server.GetAsync("/apps/1/channels/cache-x", "info=cache")).Body);

        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("""{"occupied":false,"cache":null}""", (await server.GetAsync("/apps/1/channels/cache-x", "info=cache")).Body);
        server.ExpireCache();
        Assert.Null(server.Hub.FindRoom("cache-x")?.State.Find("pusher.cache"));
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("cache-x");
        await client.ExpectAsync("pusher:cache_miss");
    }

    [Fact]
    public async Task ClientEvents_AreNotCached()
    {
        await using var server = await PusherServer.StartAsync();
        await using var one = await server.ConnectAsync();
        await one.SubscribeAsync("private-cache-x");
        await one.ExpectAsync("pusher:cache_miss");
        await one.SendAsync("""{"event":"client-x","channel":"private-cache-x","data":{}}""");
        await one.ExpectNothingAsync();

        await using var two = await server.ConnectAsync();
        await two.SubscribeAsync("private-cache-x");
        await two.ExpectAsync("pusher:cache_miss");
    }

    [Fact]
    public async Task SubscribersThatComeWhileItIsSpoken_MissAndDoubleNothing()
    {
        await using var server = await PusherServer.StartAsync();
        await server.TriggerAsync("cache-x", "n", "0");
        var last = 0;
        var speaking = Task.Run(async () =>
        {
            for (var i = 1; i <= 200; i++)
            {
                await server.TriggerAsync("cache-x", "n", i.ToString(CultureInfo.InvariantCulture));
                Volatile.Write(ref last, i);
            }
        });
        var listening = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (Volatile.Read(ref last) < 200)
            {
                await using var client = await server.ConnectAsync();
                var known = Volatile.Read(ref last);
                await client.SubscribeAsync("cache-x");
                var first = int.Parse((await client.ExpectAsync("n")).Data, CultureInfo.InvariantCulture);
                Assert.InRange(first, known, 200);
                for (var next = first + 1; next <= Math.Min(first + 5, 200); next++)
                    Assert.Equal(next, int.Parse((await client.ExpectAsync("n")).Data, CultureInfo.InvariantCulture));
            }
        }));

        await Task.WhenAll(listening.Append(speaking)).Within();
    }

    [Fact]
    public async Task KeyThatSomebodyElseHasSet_IsHeededOnlyInItsForm()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("cache-x");
        await client.ExpectAsync("pusher:cache_miss");
        var state = server.Hub.FindRoom("cache-x")!.State;
        foreach (var value in new[] { "x", "[]", "{}", """{"event":"pusher:error","data":"{}","at":1}""", """{"event":"\ud800"}""" })
        {
            state.Set("pusher.cache", value);
            await using var other = await server.ConnectAsync();
            await other.SubscribeAsync("cache-x");
            await other.ExpectAsync("pusher:cache_miss");
        }
    }

    [Fact]
    public async Task RuleThatTakesItsTimeWithASubscriber_HoldsUpNoEvent()
    {
        var rule = new Held();
        await using var server = await PusherServer.StartAsync(services: services => services.AddSingleton<IRoomRule>(rule));
        await using var client = await server.ConnectAsync();
        rule.HoldNext();
        await client.AskAsync("cache-x");
        await rule.Asked;

        await server.TriggerAsync("cache-x", "e", "1");
        rule.GoOn();

        await client.ExpectAsync("pusher_internal:subscription_succeeded");
        Assert.Equal("1", (await client.ExpectAsync("e")).Data);
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task EventThatFiltersTakeTheirTimeWith_IsNotMissedByWhoSubscribesMeanwhile()
    {
        var filter = new Held();
        await using var server = await PusherServer.StartAsync(services: services => services.AddSingleton<IMessageFilter>(filter));
        await server.TriggerAsync("cache-x", "e", "1");
        filter.HoldNext();
        var slow = server.TriggerAsync("cache-x", "e", "2");
        await filter.Asked;
        await using var client = await server.ConnectAsync();
        await client.AskAsync("cache-x");
        await Deadline.UntilAsync(() => server.Hub.FindRoom("cache-x") is { PeerCount: 1 });
        // Neither it nor another event waits.
        await server.TriggerAsync("cache-x", "e", "3");
        filter.GoOn();
        await slow;

        await client.ExpectAsync("pusher_internal:subscription_succeeded");
        Assert.Equal("3", (await client.ExpectAsync("e")).Data);
        Assert.Equal("2", (await client.ExpectAsync("e")).Data);
        await client.ExpectNothingAsync();
        await using var next = await server.ConnectAsync();
        await next.SubscribeAsync("cache-x");
        Assert.Equal("2", (await next.ExpectAsync("e")).Data);
    }

    [Fact]
    public async Task EventThatCannotBeKept_LeavesNoOlderOne()
    {
        await using var server = await PusherServer.StartAsync(hub: hub => hub.Log.MaxStateBytes = 1000);
        await server.TriggerAsync("cache-x", "price", "old");
        Assert.NotNull(server.Hub.FindRoom("cache-x")!.State.Find("pusher.cache"));

        await server.TriggerAsync("cache-x", "price", new string('x', 1000));

        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("cache-x");
        await client.ExpectAsync("pusher:cache_miss");
    }
}
