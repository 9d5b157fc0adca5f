using System.Globalization;
using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class V1ResumeTests
{
    private const int Publishers = 4;
    private const int Messages = 400;

    [Fact]
    public async Task Reader_ThatIsCutAgainAndAgainWhileOthersPublish_GetsEverythingOnceAndInOrder()
    {
        await using var hub = await TestHub.StartAsync(o => o.Log.Messages = 100_000);
        var reader = await V1Client.JoinAsync(hub, name: "Reader");
        var epoch = hub.Hub.FindRoom("lounge")!.Epoch;
        var publishing = Enumerable.Range(0, Publishers).Select(number => PublishAsync(hub, number)).ToList();
        var offsets = new List<long>();
        var texts = new List<string>();
        var cuts = new Random(1);
        var untilCut = 50;

        while (texts.Count < Publishers * Messages)
        {
            if (--untilCut == 0)
            {
                reader.Peer.Socket.Abort();
                var next = await reader.ComeBackAsync(hub, "?name=Reader");
                await reader.DisposeAsync();
                reader = next;
                var joined = await reader.DoAsync(new { type = "join", room = "lounge", after = $"{epoch}:{offsets.LastOrDefault()}" });
                Assert.False(joined.TryGetProperty("gap", out _));
                untilCut = cuts.Next(1, 200);
            }
            // A publisher that fails is not waited for.
            foreach (var publisher in publishing.Where(task => task.IsFaulted)) await publisher;
            var frame = await reader.NextAsync();
            if (frame.Type != "message") continue;
            offsets.Add(frame.Offset);
            texts.Add(frame["text"]!);
        }

        await Task.WhenAll(publishing);
        Assert.Equal(Enumerable.Range(1, Publishers * Messages).Select(i => (long)i), offsets);
        foreach (var number in Enumerable.Range(0, Publishers))
        {
            var own = texts.Where(text => text.StartsWith($"{number}:", StringComparison.Ordinal));
            Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"{number}:{i}"), own);
        }
        await reader.DisposeAsync();
    }

    [Fact]
    public async Task Publisher_ThatIsCutBeforeItsAnswers_SendsAgainAndNothingIsTwice()
    {
        await using var hub = await TestHub.StartAsync();
        await using var reader = await V1Client.JoinAsync(hub, name: "Reader");
        var client = await V1Client.GreetAsync(hub);
        var position = (await client.DoAsync(new { type = "join", room = "lounge" })).GetProperty("position").GetString();
        var unanswered = Enumerable.Range(0, 20).ToList();
        var known = new HashSet<int>();

        for (var round = 0; unanswered.Count > 0; round++)
        {
            var numbers = new List<(int Message, long Number)>();
            foreach (var i in unanswered)
            {
                object request = known.Add(i)
                    ? new { type = "publish", room = "lounge", text = $"m{i}", id = $"id-{i}" }
                    : new { type = "publish", room = "lounge", text = $"m{i}", id = $"id-{i}", again = position };
                numbers.Add((i, await client.BeginAsync(request)));
            }
            // A few answers of each connection are heard.
            foreach (var (message, number) in numbers.Take(3))
            {
                Assert.Equal("ok", (await client.AnswerAsync(number)).GetProperty("type").GetString());
                unanswered.Remove(message);
            }
            client.Peer.Socket.Abort();
            var next = await client.ComeBackAsync(hub);
            await client.DisposeAsync();
            client = next;
            await client.DoAsync(new { type = "join", room = "lounge", after = position });
        }

        await client.DoAsync(new { type = "publish", room = "lounge", text = "end" });
        var heard = new List<string?>();
        while (heard is not [.., "end"]) heard.Add((await reader.NextAsync())["text"]);
        Assert.Equal([.. Enumerable.Range(0, 20).Select(i => $"m{i}"), "end"], heard.Where(text => text is not null));
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Reader_ThatIsSlow_FallsBackAndLosesNothing()
    {
        await using var hub = await TestHub.StartAsync(o =>
        {
            o.Log.Messages = 10_000;
            o.Log.Bytes = 64 * 1024 * 1024;
            o.Outbox.MaxBytes = 512 * 1024;
        });
        await using var slow = await SlowReader.JoinAsync(hub);
        await using var yui = await V1Client.JoinAsync(hub);

        await PublishLargeAsync(yui, 2000);

        Assert.Equal(Enumerable.Range(1, 2000).Select(i => (long)i), await slow.ReadOffsetsAsync(until: 2000));
        Assert.Equal(2, hub.Hub.PeerCount);
    }

    [Fact]
    public async Task Reader_ThatRetentionOvertakes_IsToldTheGapAndGoesOn()
    {
        await using var hub = await TestHub.StartAsync(o =>
        {
            o.Log.Messages = 100;
            o.Log.Bytes = 512 * 1024;
        });
        await using var slow = await SlowReader.JoinAsync(hub);
        await using var yui = await V1Client.JoinAsync(hub);

        await PublishLargeAsync(yui, 4000);
        var offsets = await slow.ReadOffsetsAsync(until: 4000);

        var gap = Assert.Single(slow.Gaps);
        var missing = Enumerable.Range(1, 4000).Select(i => (long)i).Except(offsets).ToList();
        Assert.Equal(Enumerable.Range((int)gap.After + 1, (int)(gap.UpTo - gap.After)).Select(i => (long)i), missing);
        Assert.Equal(offsets.Order(), offsets);
        Assert.Equal(2, hub.Hub.PeerCount);
    }

    private static async Task PublishAsync(TestHub hub, int number)
    {
        await using var client = await V1Client.JoinAsync(hub, name: number.ToString(CultureInfo.InvariantCulture));
        var last = 0L;
        for (var i = 0; i < Messages; i++)
            last = await client.BeginAsync(new { type = "publish", room = "lounge", text = $"{number}:{i}" });
        await client.AnswerAsync(last);
    }

    private static async Task PublishLargeAsync(V1Client client, int count)
    {
        var text = new string('x', 8 * 1024);
        var last = 0L;
        for (var i = 0; i < count; i++)
        {
            last = await client.BeginAsync(new { type = "publish", room = "lounge", text });
            if (i % 50 == 0) await client.AnswerAsync(last);
        }
        await client.AnswerAsync(last);
    }
}
