using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kodama.Pusher.Tests;

/// <summary>docs/specs/pusher.md, K3, K5: what nobody needs to be told is not, and nobody can fill the queue alone.</summary>
public sealed class WebhookMergeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kodama-webhooks-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task EventsThatHaveNotLeft_AndWhatTakesThemBack_AreNotTold()
    {
        var clock = new FakeClock();
        await using var receiver = new WebhookReceiver();
        receiver.Stall(times: 1);
        await using var server = await StartAsync(
            receiver, clock, "channel_occupied", "channel_vacated", "subscription_count", "member_added", "member_removed");
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("first");
        Assert.Contains("\"first\"", await receiver.EventAsync(), StringComparison.Ordinal);

        await client.JoinAsync("presence-x", "1");
        await Deadline.UntilAsync(() => server.Waiting == 5);
        await client.SendAsync("""{"event":"pusher:unsubscribe","data":{"channel":"presence-x"}}""");
        await Deadline.UntilAsync(() => server.Held == 2);
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal((2, 0), (server.Waiting, server.Held));

        // The one that was under way comes again, as its receiver did not answer, with its count; and then what is said now.
        clock.Advance(TimeSpan.FromSeconds(7));
        await server.WaitForRetryAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("\"first\"", await receiver.EventAsync(), StringComparison.Ordinal);
        Assert.Contains("\"first\"", await receiver.EventAsync(), StringComparison.Ordinal);
        await client.SubscribeAsync("last");
        Assert.Contains("\"last\"", await receiver.EventAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EventThatIsUnderWay_IsNotTakenBackUnheard()
    {
        var clock = new FakeClock();
        await using var receiver = new WebhookReceiver();
        receiver.Stall(times: 1);
        await using var server = await StartAsync(receiver, clock, "channel_occupied", "channel_vacated");
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("a");
        Assert.Contains("occupied", await receiver.EventAsync(), StringComparison.Ordinal);

        await client.SendAsync("""{"event":"pusher:unsubscribe","data":{"channel":"a"}}""");
        await Deadline.UntilAsync(() => server.Held == 1);
        clock.Advance(TimeSpan.FromSeconds(10));
        await server.WaitForRetryAsync();
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains("occupied", await receiver.EventAsync(), StringComparison.Ordinal);
        Assert.Contains("vacated", await receiver.EventAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counts_ThatHaveNotLeft_AreTheLastOne()
    {
        var clock = new FakeClock();
        await using var receiver = new WebhookReceiver();
        receiver.Stall(times: 1);
        await using var server = await StartAsync(receiver, clock, "subscription_count");
        List<PusherClient> clients = [];
        for (var i = 0; i < 5; i++)
        {
            clients.Add(await server.ConnectAsync());
            await clients[i].SubscribeAsync("a");
            if (i == 0) Assert.Contains(":1}", await receiver.EventAsync(), StringComparison.Ordinal);
        }
        await Deadline.UntilAsync(() => server.Waiting == 2);

        clock.Advance(TimeSpan.FromSeconds(10));
        await server.WaitForRetryAsync();
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains(":1}", await receiver.EventAsync(), StringComparison.Ordinal);
        Assert.Contains(":5}", await receiver.EventAsync(), StringComparison.Ordinal);
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task ClientThatComesAndGoesAsFastAsItCan_LeavesAPlaceForTheOthers()
    {
        var clock = new FakeClock();
        await using var receiver = new WebhookReceiver();
        receiver.Stall(times: 1);
        await using var server = await StartAsync(receiver, clock, "channel_occupied");
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("first");
        await receiver.EventAsync();
        var timers = clock.TimerCount;

        for (var i = 0; i < 200; i++)
        {
            await client.AskAsync($"c{i}");
            await client.SendAsync($$$"""{"event":"pusher:unsubscribe","data":{"channel":"c{{{i}}}"}}""");
        }

        // As many channels as it may be in, and then ten a second: the rest of what it has said is not read.
        await Deadline.UntilAsync(() => server.Waiting == 64);
        await Deadline.UntilAsync(() => clock.TimerCount == timers + server.Held + 1);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        await Deadline.UntilAsync(() => server.Waiting == 65);
    }

    [Fact]
    public void Queue_OfWhatIsTakenBack_StaysSmall_AndItsFileTellsTheTruth()
    {
        var path = "";
        using (var queue = Open())
        {
            queue.Add(Event("channel_occupied", "channel_vacated", "stays"));
            for (var i = 0; i < 20_000; i++)
            {
                queue.Add(Event("channel_occupied", "channel_vacated", $"c{i}"));
                queue.Add(Event("channel_vacated", "channel_occupied", $"c{i}"));
            }
            queue.Add(Event("channel_vacated", "channel_occupied", "other"));
            Assert.Equal(2, queue.Count);
            path = Directory.GetFiles(folder).Single();
            Assert.InRange(new FileInfo(path).Length, 1, 100_000);
        }

        var read = new Queue<WebhookEvent>();
        using (WebhookFile.Open(path, read))
        {
        }
        var told = read.Select(static happened => Encoding.UTF8.GetString(happened.Json)).ToList();
        Assert.Equal("channel_occupied stays", told[0]);
        Assert.Equal("channel_vacated other", told[^1]);
        // What was taken back not long ago is told whole, or not at all.
        var between = told[1..^1];
        Assert.Equal(0, between.Count % 2);
        for (var i = 0; i < between.Count; i += 2)
            Assert.Equal(between[i].Replace("occupied", "vacated", StringComparison.Ordinal), between[i + 1]);
    }

    private static WebhookEvent Event(string kind, string contrary, string room) =>
        new(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), Encoding.UTF8.GetBytes($"{kind} {room}"))
        {
            Subject = new WebhookSubject(kind, contrary, room),
        };

    private WebhookQueue Open()
    {
        var app = new App(new PusherApp { Id = "1", Key = "k", Secret = "s" }, new PusherEncoder(0, new PresenceTable()));
        var webhook = new PusherWebhook { Url = new Uri("http://127.0.0.1:1/") };
        var queue = new WebhookQueue(app, webhook, 0, folder, new HttpClient(), TimeProvider.System, NullLogger.Instance);
        queue.Open();
        return queue;
    }

    private static Task<PusherServer> StartAsync(WebhookReceiver receiver, FakeClock clock, params string[] kinds) =>
        PusherServer.StartAsync(
            options =>
            {
                var webhook = new PusherWebhook { Url = receiver.Url };
                foreach (var kind in kinds) webhook.Events.Add(kind);
                options.Apps[0].Webhooks.Add(webhook);
            },
            time: clock);
}
