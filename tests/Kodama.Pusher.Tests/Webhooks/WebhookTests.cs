using System.Net;
using System.Text.Json;

namespace Kodama.Pusher.Tests;

/// <summary>docs/specs/pusher.md, Webhooks.</summary>
public sealed class WebhookTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kodama-webhooks-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task K1_Request_IsSigned_AndItsTypeHasNoCharset()
    {
        await using var receiver = new WebhookReceiver();
        await using var server = await StartAsync(receiver, new FakeClock());
        await using var client = await server.ConnectAsync();

        await client.SubscribeAsync("news");

        var got = await receiver.ReadAsync();
        Assert.Equal("application/json", got.ContentType);
        Assert.Equal(PusherServer.Key, got.Key);
        Assert.Equal(PusherServer.Hmac(got.Body), got.Signature);
        Assert.Equal("""{"time_ms":1767225600000,"events":[{"name":"channel_occupied","channel":"news"}]}""", got.Body);
    }

    [Fact]
    public async Task K1_K2_Events_OfEveryKind_ComeOneByOne()
    {
        var clock = new FakeClock();
        await using var receiver = new WebhookReceiver();
        await using var server = await StartAsync(receiver, clock);
        await using var client = await server.ConnectAsync();
        List<string> got = [];

        await client.SubscribeAsync("presence-cache-x", """{"user_id":5}""");
        await client.ExpectAsync("pusher:cache_miss");
        for (var i = 0; i < 4; i++) got.Add(await receiver.EventAsync());
        await client.SendAsync("""{"event":"client-a","channel":"presence-cache-x","data":{"é": 1}}""");
        got.Add(await receiver.EventAsync());

        Assert.Equal(
        [
            """{"name":"cache_miss","channel":"presence-cache-x"}""",
            """{"name":"channel_occupied","channel":"presence-cache-x"}""",
            """{"name":"client_event","channel":"presence-cache-x","event":"client-a","data":"{\"é\": 1}","socket_id":"""
                + $"\"{client.SocketId}\",\"user_id\":\"5\"}}",
            """{"name":"member_added","channel":"presence-cache-x","user_id":"5"}""",
            """{"name":"subscription_count","channel":"presence-cache-x","subscription_count":1}""",
        ], got.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task K3_Ends_AreHeldFor3Seconds()
    {
        var clock = new FakeClock();
        await using var receiver = new WebhookReceiver();
        await using var server = await StartAsync(receiver, clock, "channel_vacated", "member_removed");
        await using (var client = await server.ConnectAsync()) await client.JoinAsync("presence-x", "1");
        await Deadline.UntilAsync(() => server.Held == 2);

        clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal(0, receiver.Count);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(
            ["""{"name":"channel_vacated","channel":"presence-x"}""", """{"name":"member_removed","channel":"presence-x","user_id":"1"}"""],
            new[] { await receiver.EventAsync(), await receiver.EventAsync() }.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task K3_WhoReturnsInTime_HasNeverBeenAway()
    {
        var clock = new FakeClock();
        await using var receiver = new WebhookReceiver();
        await using var server = await StartAsync(
            receiver, clock, "channel_vacated", "member_removed", "channel_occupied", "member_added", "client_event");
        await using (var client = await server.ConnectAsync()) await client.JoinAsync("presence-x", "1");
        await receiver.EventAsync();
        await receiver.EventAsync();
        await Deadline.UntilAsync(() => server.Held == 2);

        await using var back = await server.ConnectAsync();
        await back.JoinAsync("presence-x", "1");
        await Deadline.UntilAsync(() => server.Held == 0);
        clock.Advance(TimeSpan.FromSeconds(10));
        await back.SendAsync("""{"event":"client-end","channel":"presence-x","data":{}}""");

        Assert.Contains("client-end", await receiver.EventAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task K4_ReceiverThatFails_IsAskedAgainAfterGrowingDelays_InOrder()
    {
        var clock = new FakeClock();
        await using var receiver = new WebhookReceiver();
        receiver.Answer(HttpStatusCode.InternalServerError, times: 4);
        await using var server = await StartAsync(receiver, clock, "channel_occupied");
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("a");
        await client.SubscribeAsync("b");

        foreach (var seconds in new[] { 1, 2, 4, 8 })
        {
            Assert.Contains("\"a\"", await receiver.EventAsync(), StringComparison.Ordinal);
            await server.WaitForRetryAsync();
            clock.Advance(TimeSpan.FromSeconds(seconds - 0.1));
            Assert.Equal(0, receiver.Count);
            clock.Advance(TimeSpan.FromSeconds(0.1));
        }
        Assert.Contains("\"a\"", await receiver.EventAsync(), StringComparison.Ordinal);
        Assert.Contains("\"b\"", await receiver.EventAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task K4_EventsThatNobodyTakesFor5Minutes_AreLost_AndLaterOnesAreNot()
    {
        var clock = new FakeClock();
        await using var receiver = new WebhookReceiver();
        await using var server = await StartAsync(receiver, clock, "channel_occupied");
        await using var client = await server.ConnectAsync();
        // After 1, 2, 4, 8, 16 and then each 30 s, the last in the 271st second.
        int[] delays = [1, 2, 4, 8, 16, .. Enumerable.Repeat(30, 8)];
        receiver.Answer(HttpStatusCode.NotFound, times: delays.Length + 1);
        await client.SubscribeAsync("old");
        foreach (var seconds in delays)
        {
            Assert.Contains("\"old\"", await receiver.EventAsync(), StringComparison.Ordinal);
            await server.WaitForRetryAsync();
            clock.Advance(TimeSpan.FromSeconds(seconds));
        }
        Assert.Contains("\"old\"", await receiver.EventAsync(), StringComparison.Ordinal);
        await server.WaitForRetryAsync();
        Assert.Equal(1, server.Waiting);

        clock.Advance(TimeSpan.FromSeconds(30));
        await Deadline.UntilAsync(() => server.Waiting == 0);
        await client.SubscribeAsync("new");

        Assert.Contains("\"new\"", await receiver.EventAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task K4_ReceiverThatStalls_IsGivenUpAfter10Seconds_AndAskedAgain()
    {
        var clock = new FakeClock();
        await using var receiver = new WebhookReceiver();
        receiver.Stall(times: 1);
        await using var server = await StartAsync(receiver, clock, "channel_occupied");
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("a");
        Assert.Contains("\"a\"", await receiver.EventAsync(), StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromSeconds(10));
        await server.WaitForRetryAsync();
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains("\"a\"", await receiver.EventAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task K2_Batch_TakesWhatWaits()
    {
        var clock = new FakeClock();
        await using var receiver = new WebhookReceiver();
        receiver.Answer(HttpStatusCode.ServiceUnavailable, times: 1);
        await using var server = await StartAsync(receiver, clock, true, null, "channel_occupied");
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("a");
        await receiver.ReadAsync();
        await client.SubscribeAsync("b");
        await client.SubscribeAsync("c");
        await Deadline.UntilAsync(() => server.Waiting == 3);
        await server.WaitForRetryAsync();
        clock.Advance(TimeSpan.FromSeconds(1));

        var names = JsonElement.Parse((await receiver.ReadAsync()).Body).GetProperty("events").EnumerateArray()
            .Select(happened => happened.GetProperty("channel").GetString());

        Assert.Equal(["a", "b", "c"], names);
    }

    [Fact]
    public async Task K5_WhatWaits_OutlivesTheProcess()
    {
        await using var receiver = new WebhookReceiver();
        receiver.Answer(HttpStatusCode.BadGateway, times: 1);
        var clock = new FakeClock();
        await using (var server = await StartAsync(receiver, clock, false, folder, "client_event"))
        {
            await using var client = await server.ConnectAsync();
            await client.SubscribeAsync("private-x");
            await client.SendAsync("""{"event":"client-a","channel":"private-x","data":{"n":1}}""");
            await client.SendAsync("""{"event":"client-b","channel":"private-x","data":{"n":2}}""");
            Assert.Contains("client-a", await receiver.EventAsync(), StringComparison.Ordinal);
            await Deadline.UntilAsync(() => server.Waiting == 2);
        }

        await using var again = await StartAsync(receiver, clock, false, folder, "client_event");

        Assert.Contains("client-a", await receiver.EventAsync(), StringComparison.Ordinal);
        Assert.Contains("client-b", await receiver.EventAsync(), StringComparison.Ordinal);
        await Deadline.UntilAsync(() => again.Waiting == 0 && new FileInfo(Directory.GetFiles(folder).Single()).Length == 0);
    }

    [Fact]
    public void K5_File_ThatWasCutOff_CountsAsFarAsItIsWhole()
    {
        var path = Path.Combine(folder, "x.log");
        File.WriteAllText(path, "+1 {\"a\":1}\n+2 {\"b\":2}\n-1\nnonsense\n+3 {\"c\":3}\n+4 {\"d\"");
        var waiting = new Queue<WebhookEvent>();

        using (var file = WebhookFile.Open(path, waiting)) file.Add(new WebhookEvent(5, "{}"u8.ToArray()));

        Assert.Equal([2, 3], waiting.Select(happened => happened.At));
        Assert.Equal("+2 {\"b\":2}\n+3 {\"c\":3}\n+5 {}\n", File.ReadAllText(path));
    }

    [Fact]
    public async Task K5_Queue_IsBounded_AndLosesTheOldest()
    {
        await using var receiver = new WebhookReceiver();
        var app = new App(new PusherApp { Id = "1", Key = "k", Secret = "s" }, new PusherEncoder(0, new PresenceTable()));
        using var http = new HttpClient();
        using var queue = new WebhookQueue(
            app, new PusherWebhook { Url = receiver.Url }, 0, folder, http, TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        queue.Open();
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        for (var i = 0; i < 10_005; i++)
            queue.Add(new WebhookEvent(now, System.Text.Encoding.UTF8.GetBytes($"{{\"n\":{i}}}")));
        Assert.Equal(10_000, queue.Count);
        using var end = new CancellationTokenSource();
        var running = queue.RunAsync(end.Token);

        Assert.Equal("""{"n":5}""", await receiver.EventAsync());
        await end.CancelAsync();
        await running.Within();
    }

    [Fact]
    public void K5_Queue_IsBoundedInBytes()
    {
        var app = new App(new PusherApp { Id = "1", Key = "k", Secret = "s" }, new PusherEncoder(0, new PresenceTable()));
        using var http = new HttpClient();
        using var queue = new WebhookQueue(
            app, new PusherWebhook { Url = new Uri("http://127.0.0.1:1/") }, 0, null, http, TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

        for (var i = 0; i < 20; i++) queue.Add(new WebhookEvent(i, new byte[1024 * 1024]));

        Assert.Equal(16, queue.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task K5_EndsThatAStopBringsAbout_AreToldInTheNextLife(bool isHeld)
    {
        string[] kinds = ["channel_occupied", "channel_vacated", "member_added", "member_removed"];
        await using var receiver = new WebhookReceiver();
        var clock = new FakeClock();
        await using (var server = await StartAsync(receiver, clock, false, folder, kinds))
        {
            await using var client = await server.ConnectAsync();
            await client.JoinAsync("presence-x", "1");
            await receiver.EventAsync();
            await receiver.EventAsync();
            await Deadline.UntilAsync(() => server.Waiting == 0);
            if (isHeld) client.Abort();
            if (isHeld) await Deadline.UntilAsync(() => server.Held == 2);
        }

        await using var again = await StartAsync(receiver, clock, false, folder, kinds);

        Assert.Equal(
            ["""{"name":"channel_vacated","channel":"presence-x"}""", """{"name":"member_removed","channel":"presence-x","user_id":"1"}"""],
            new[] { await receiver.EventAsync(), await receiver.EventAsync() }.Order(StringComparer.Ordinal));
    }

    private static Task<PusherServer> StartAsync(WebhookReceiver receiver, FakeClock clock, params string[] kinds) =>
        StartAsync(receiver, clock, false, null, kinds);

    private static Task<PusherServer> StartAsync(
        WebhookReceiver receiver, FakeClock clock, bool batch, string? folder, params string[] kinds) => PusherServer.StartAsync(
        options =>
        {
            var webhook = new PusherWebhook { Url = receiver.Url, Batch = batch };
            foreach (var kind in kinds) webhook.Events.Add(kind);
            options.Apps[0].Webhooks.Add(webhook);
            options.DataFolder = folder;
        },
        time: clock);

    [Fact]
    public async Task K4_ChannelThatIsOccupiedAsItsEndIsDue_IsToldVacatedFirst()
    {
        var clock = new SlowClock();
        var app = new PusherApp { Id = "1", Key = "k", Secret = "s" };
        app.Webhooks.Add(new PusherWebhook { Url = new Uri("http://127.0.0.1:1/") });
        var options = new PusherOptions { DataFolder = folder };
        options.Apps.Add(app);
        using var hooks = new Webhooks(
            new AppTable(options), options, clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<Webhooks>.Instance);
        using var stop = new CancellationTokenSource();
        var running = hooks.RunAsync(stop.Token);
        for (var i = 0; i < 200; i++) hooks.Vacated($"c{i}");
        var firing = Task.Run(() => clock.Advance(TimeSpan.FromSeconds(3)));
        for (var i = 0; i < 200; i++)
        {
            while (hooks.Held > 199 - i)
            {
            }
            hooks.Occupied($"c{i}");
        }
        await firing.Within();
        await stop.CancelAsync();
        await running.Within();
        hooks.Dispose();

        var lines = File.ReadAllLines(Directory.GetFiles(folder).Single());
        for (var i = 0; i < 200; i++)
        {
            var told = lines.Where(line => line.Contains($"\"c{i}\"", StringComparison.Ordinal)).ToArray();
            Assert.Equal(2, told.Length);
            Assert.Contains("vacated", told[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void K5_TwoWebhooksOfOneAddress_AreBothKept()
    {
        var webhook = new PusherWebhook { Url = new Uri("http://127.0.0.1:1/") };
        var app = new PusherApp { Id = "1", Key = "k", Secret = "s" };
        app.Webhooks.Add(webhook);
        app.Webhooks.Add(webhook);
        var options = new PusherOptions { DataFolder = folder };
        options.Apps.Add(app);
        using var hooks = new Webhooks(
            new AppTable(options), options, new FakeClock(), Microsoft.Extensions.Logging.Abstractions.NullLogger<Webhooks>.Instance);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        _ = hooks.RunAsync(stop.Token);

        hooks.Occupied("a");
        hooks.Dispose();

        Assert.All(Directory.GetFiles(folder), file => Assert.Contains("\"a\"", File.ReadAllText(file), StringComparison.Ordinal));
        Assert.Equal(2, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public void K5_FullFile_IsAddedTo_AndWrittenAnewOnlyWhenMostOfItIsOver()
    {
        var path = Path.Combine(folder, "x.log");
        var json = System.Text.Encoding.UTF8.GetBytes($"\"{new string('x', 1000)}\"");
        var waiting = new Queue<WebhookEvent>();
        var (rewritten, longest, live) = (0, 0L, 0L);
        using (var file = WebhookFile.Open(path, waiting))
        {
            for (var i = 0; i < 25_000; i++)
            {
                waiting.Enqueue(new WebhookEvent(i, json));
                file.Add(waiting.Last());
                if (waiting.Count <= 10_000) live = new FileInfo(path).Length;
                if (waiting.Count <= 10_000) continue;
                waiting.Dequeue();
                var before = new FileInfo(path).Length;
                file.Take(1, waiting);
                longest = Math.Max(longest, before);
                if (new FileInfo(path).Length < before) rewritten++;
            }
        }

        Assert.Equal(1, rewritten);
        Assert.InRange(longest, live, 3 * live);
        var read = new Queue<WebhookEvent>();
        using (WebhookFile.Open(path, read)) Assert.Equal(waiting.Select(happened => happened.At), read.Select(happened => happened.At));
    }

    [Fact]
    public void K5_FileThatCannotBeWrittenAnew_KeepsWhatIsInIt()
    {
        var path = Path.Combine(folder, "x.log");
        Directory.CreateDirectory(path + ".new");
        var json = System.Text.Encoding.UTF8.GetBytes($"\"{new string('x', 10_000)}\"");
        var waiting = new Queue<WebhookEvent>();
        using (var file = WebhookFile.Open(path, waiting))
        {
            for (var i = 0; i < 1000; i++)
            {
                waiting.Enqueue(new WebhookEvent(i, json));
                file.Add(waiting.Last());
            }
            Assert.ThrowsAny<SystemException>(() =>
            {
                for (var i = 0; i < 999; i++)
                {
                    waiting.Dequeue();
                    file.Take(1, waiting);
                }
            });
        }

        Assert.Contains("+999 ", File.ReadAllText(path), StringComparison.Ordinal);
    }

    // Whoever asks for the time loses some: what is not done in one turn is seen apart.
    private sealed class SlowClock : TimeProvider
    {
        private readonly FakeClock clock = new();

        public void Advance(TimeSpan by) => clock.Advance(by);

        public override DateTimeOffset GetUtcNow()
        {
            Thread.SpinWait(2000);
            return clock.GetUtcNow();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            clock.CreateTimer(callback, state, dueTime, period);
    }
}
