using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kodama.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server.Tests;

/// <summary>What the hub has counted in the last five minutes, for charts to begin with.</summary>
public sealed class StatsTests
{
    [Fact]
    public async Task Stats_OfAHubThatJustStarted_HaveItsFirstSecond()
    {
        await using var hub = await TestHub.StartAsync(clock: new FakeClock());

        var first = Assert.Single(await StatsAsync(hub));

        Assert.Equal(
            ["time", "peers", "rooms", "messagesIn", "messagesOut", "bytesIn", "bytesOut", "dropped", "refused"],
            first.EnumerateObject().Select(p => p.Name));
        Assert.Equal("2026-01-01T00:00:00.000Z", first.GetProperty("time").GetString());
    }

    [Fact]
    public async Task Stats_OfEachSecond_HaveWhatWasCountedThen()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(clock: clock);
        await using var peer = await hub.JoinAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        peer.Peer!.Room!.Send("hello");
        clock.Advance(TimeSpan.FromSeconds(2));

        var stats = await StatsAsync(hub);

        Assert.Equal([0, 1, 1, 1], stats.Select(one => one.GetProperty("peers").GetInt32()));
        Assert.Equal([0, 0, 1, 1], stats.Select(one => one.GetProperty("messagesIn").GetInt32()));
    }

    [Fact]
    public async Task Stats_OfALongRun_AreTheLastFiveMinutes()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(clock: clock);

        clock.Advance(TimeSpan.FromMinutes(7));
        var stats = await StatsAsync(hub);

        Assert.Equal(RecentCounts.Most, stats.Count);
        Assert.Equal("2026-01-01T00:02:01.000Z", stats[0].GetProperty("time").GetString());
        Assert.Equal("2026-01-01T00:07:00.000Z", stats[^1].GetProperty("time").GetString());
        Assert.Equal(stats.Count, stats.Select(one => one.GetProperty("time").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Sample_Taken_AllocatesNothing()
    {
        await using var hub = await TestHub.StartAsync(clock: new FakeClock());
        var counts = hub.Services.GetRequiredService<RecentCounts>();
        counts.Sample();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) counts.Sample();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public async Task Stats_ForWhomTheHubDoesNotLetIn_AreNotTold()
    {
        await using var hub = await TestHub.StartAsync(o =>
        {
            o.Token = "secret";
            o.Rules.Validate(peer => peer.Details.ContainsKey("name"), "Who are you?");
        });

        using var stranger = await hub.Client.GetAsync("/api/stats");
        using var nameless = await hub.Client.GetAsync("/api/stats?token=secret");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden), (stranger.StatusCode, nameless.StatusCode));
    }

    private static async Task<List<JsonElement>> StatsAsync(TestHub hub)
    {
        var answer = await hub.Client.GetFromJsonAsync<JsonElement>("/api/stats");
        return [.. answer.GetProperty("stats").EnumerateArray()];
    }
}
