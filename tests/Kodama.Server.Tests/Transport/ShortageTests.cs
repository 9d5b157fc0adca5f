using Kodama.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.Server.Tests;

/// <summary>A hub at its limit of descriptors; what a whole process does there is tested with the command line.</summary>
public sealed class ShortageTests
{
    private const int Limit = 1024;

    private readonly FakeClock clock = new();
    private readonly FakeDescriptors descriptors = new() { Limit = Limit, Held = 100 };

    [Fact]
    public async Task Hub_WithoutDescriptors_LetsNobodyInAndServesWhoIsThere()
    {
        await using var hub = await StartAsync();
        await using var peer = await hub.JoinAsync();
        await using var asking = await hub.RawAsync();
        Assert.Equal("""{"status":"ok"}""", await HealthAsync(asking));

        await FillAsync(hub);
        await using var waiting = await hub.RawAsync();
        await waiting.SendTextAsync(waiting.UpgradeHead("/ws"));
        await Deadline.UntilAsync(() => Shortages(hub).Any());

        Assert.Equal("""{"status":"short","descriptors":{"held":1024,"limit":1024}}""", await HealthAsync(asking));
        hub.Hub.Send("still here");
        Assert.Equal("still here", await peer.ReceiveTextAsync());
        Assert.Equal(1, hub.Hub.PeerCount);

        descriptors.Held = 100;
        Assert.StartsWith("HTTP/1.1 101 ", await waiting.ReadHeadAsync(), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("""{"status":"ok"}""", await HealthAsync(asking));
    }

    [Fact]
    public async Task Hub_WithoutDescriptors_SaysSoOnceAMinuteInOneLine()
    {
        await using var hub = await StartAsync();
        await FillAsync(hub);
        await using var waiting = await hub.RawAsync();
        await Deadline.UntilAsync(() => Shortages(hub).Any());
        // Nobody is let in while it is asked again and again.
        var counts = descriptors.Counts;
        await Deadline.UntilAsync(() => descriptors.Counts > counts + 3);

        var told = Assert.Single(Shortages(hub));
        Assert.Null(told.Exception);
        Assert.Equal(LogLevel.Warning, told.Level);
        Assert.StartsWith(
            "Out of file descriptors: 1024 of 1024 are held, 0 of them by connections that have asked for nothing; ",
            told.Message,
            StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(1));
        await Deadline.UntilAsync(() => Shortages(hub).Count() == 2);
    }

    [Fact]
    public async Task Newcomer_OfAHubWithoutDescriptors_GoesForOneThatWaits()
    {
        await using var hub = await StartAsync();
        await using var peer = await hub.JoinAsync();
        await using var silent = await hub.RawAsync();
        var intake = hub.Services.GetRequiredService<Intake>();
        await Deadline.UntilAsync(() => intake.Newcomers.Count == 1);

        await FillAsync(hub);
        await using var next = await hub.RawAsync();

        await silent.WaitForEndAsync();
        Assert.Equal(1, hub.Hub.PeerCount);
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Newcomer_ThatHasShakenHands_IsNoneAnyMore()
    {
        await using var hub = await StartAsync();
        await using var silent = await hub.RawAsync();
        await using var peer = await hub.RawPeerAsync();
        var intake = hub.Services.GetRequiredService<Intake>();
        await Deadline.UntilAsync(() => intake.Newcomers.Count == 1);

        clock.Advance(TimeSpan.FromSeconds(11));

        await silent.WaitForEndAsync();
        Assert.Equal(0, intake.Newcomers.Count);
        await peer.SendAsync(RawFrame.Masked(RawFrame.PingOpcode, "p"u8));
        Assert.Equal("p", (await peer.ReadFrameAsync())!.Text);
    }

    private static IEnumerable<LogEntry> Shortages(TestHub hub) => hub.Log.Entries.Where(e => e.Id.Id == 210);

    private static async Task<string> HealthAsync(RawClient client)
    {
        await client.SendTextAsync($"GET /health HTTP/1.1\r\nHost: {client.Authority}\r\n\r\n");
        return (await client.ReadResponseAsync())!.Body;
    }

    private Task<TestHub> StartAsync() =>
        TestHub.StartAsync(configure: b => b.Services.AddSingleton<IDescriptors>(descriptors), clock: clock);

    /// <summary>All are held, and the listener, which may have counted before, has let in the one that it had made room for, or
    /// none.</summary>
    private async Task FillAsync(TestHub hub)
    {
        descriptors.Held = Limit;
        clock.Advance(TimeSpan.FromSeconds(1));
        await using var last = await hub.RawAsync();
        await last.SendTextAsync($"GET /health HTTP/1.1\r\nHost: {last.Authority}\r\nConnection: close\r\n\r\n");
        await Deadline.UntilAsync(() => last.Socket.Available > 0 || Shortages(hub).Any());
    }
}
