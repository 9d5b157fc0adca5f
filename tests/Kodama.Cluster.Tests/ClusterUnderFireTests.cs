using System.Net.Http.Json;
using System.Text.Json;
using Kodama.Client;

namespace Kodama.Cluster.Tests;

/// <summary>
/// Three hubs in processes of their own and one Redis that keeps what it says it has: 68 clients of six doors publish and read while hubs
/// are killed, Redis is killed and started, and its telling is cut.
/// </summary>
public sealed class ClusterUnderFireTests
{
    // Of each writer around each fault.
    private const int Each = 30;
    private const int RoomWriters = 12;
    private const int HttpWriters = 4;
    private const int NodeWriters = 4;
    private const int Nodes = 2;

    [Fact]
    public async Task Clients_OfAllDoors_WhileHubsAndRedisAreKilled_HaveOneOrderAndEachAcknowledgedMessageOnce()
    {
        using var redis = new RedisServer("--appendonly", "yes", "--appendfsync", "always");
        await using var hubs = await HubProcesses.StartAsync(redis, 3, new()
        {
            ["Kodama__Pusher__Apps__0__Id"] = "1",
            ["Kodama__Pusher__Apps__0__Key"] = "key",
            ["Kodama__Pusher__Apps__0__Secret"] = "secret",
            ["Kodama__Ably__Keys__0__Key"] = "garden.key1:maple-maple",
            ["Kodama__SocketIO__ConnectionStateRecovery__MaxDisconnectionDuration"] = "00:02:00",
        });
        var heard = new Heard();
        await using var crowd = new Crowd(hubs, heard);
        var rooms = await crowd.AddRoomsAsync(24);
        await crowd.AddRawAsync(12);
        await crowd.AddStreamsAsync(6);
        await crowd.AddNodeAsync("socketio", 14);
        await crowd.AddNodeAsync("ably", 6, "garden.key1:maple-maple");
        await crowd.AddPushersAsync(6, "key", "secret");
        // Goes with its hub, and never comes back.
        await using var ghost = await KodamaRooms.ConnectAsync(hubs[1], new() { Reconnect = ReconnectStrategy.None });
        await using var left = await ghost.JoinAsync(Crowd.Room);
        await left.EnterAsync();

        Func<Task>[] faults =
        [
            () => hubs.KillAsync(0),
            () =>
            {
                redis.Kill();
                redis.Start();
                return Task.CompletedTask;
            },
            () => CutAsync(redis),
            () => Task.WhenAll(CutAsync(redis), hubs.KillAsync(1)),
            () => Task.WhenAll(hubs.KillAsync(2), hubs.KillAsync(0)),
        ];
        foreach (var fault in faults)
        {
            var before = heard.Decided;
            var publishing = crowd.PublishAsync(rooms[..RoomWriters], HttpWriters, NodeWriters, Each);
            // In the midst of it: some are kept, most are not yet.
            await Until.TrueAsync(() => heard.Decided - before >= Each * (RoomWriters + HttpWriters + (NodeWriters * Nodes)) / 10);
            await fault();
            await publishing.Within(TimeSpan.FromMinutes(2));
        }

        // All are in the room again.
        var deaf = heard.Readers.ToHashSet();
        for (var asked = 0; deaf.Count > 0; asked++)
        {
            Assert.True(asked < 120, $"These hear nothing any more: {string.Join(", ", deaf.Order())}");
            var text = await crowd.PostAsync();
            await Task.Delay(TimeSpan.FromSeconds(1));
            deaf.RemoveWhere(reader => heard.By(reader).Contains(text));
        }

        var failed = string.Join(", ", heard.Failed.Values.CountBy(static code => code));
        var raws = heard.Readers.Where(static reader => reader.StartsWith("raw", StringComparison.Ordinal));
        var raw = string.Join(", ", raws.Select(reader => heard.By(reader).Count));
        TestContext.Current.TestOutputHelper?.WriteLine($"{heard.Acknowledged.Count} acknowledged; {failed}; raw: {raw}");
        var order = await HistoryAsync(hubs[0]);
        var place = order.Select(static (text, at) => (text, at)).ToLookup(static one => one.text, static one => one.at);
        Assert.All(heard.Acknowledged.Keys, text => Assert.Single(place[text]));
        Assert.All(place, static one => Assert.Single(one));
        Assert.Empty(heard.Gaps);
        foreach (var reader in heard.Readers.Order())
        {
            if (reader.StartsWith("raw", StringComparison.Ordinal) || reader.StartsWith("pusher", StringComparison.Ordinal)
                || reader.StartsWith("io", StringComparison.Ordinal))
            {
                // What was said while they were away they have not got: that is all that may differ.
                var got = heard.By(reader).ToList();
                Assert.NotEmpty(got);
                var places = got.Select(text => place[text].Single()).ToList();
                var wrong = Enumerable.Range(1, places.Count - 1).Where(i => places[i] <= places[i - 1])
                    .Select(i => $"{got[i]} ({places[i]}) behind {got[i - 1]} ({places[i - 1]})");
                Assert.True(!wrong.Any(), $"{reader} got something twice or out of order: {string.Join(", ", wrong.Take(5))}");
                continue;
            }
            if (reader.StartsWith("ably", StringComparison.Ordinal))
            {
                // They hear themselves.
                await HasAllAsync(heard, reader, order);
                Assert.Equal(order.Prepend(reader), heard.By(reader).Prepend(reader));
                continue;
            }
            // A reader is not told what it has said itself, unless nobody knew what had become of it.
            bool IsOwn(string text) => text.StartsWith(reader + ":", StringComparison.Ordinal);
            await HasAllAsync(heard, reader, [.. order.Where(text => !IsOwn(text))]);
            Assert.All(heard.By(reader).Where(IsOwn), text => Assert.Equal("OUTCOME_UNKNOWN", heard.Failed.GetValueOrDefault(text)));
            var expected = order.Where(text => !IsOwn(text) || heard.By(reader).Contains(text));
            Assert.Equal(expected.Prepend(reader), heard.By(reader).Prepend(reader));
        }
        (string Door, int Count)[] readers = [("ably", 6), ("io", 6), ("js", 8), ("pusher", 6), ("raw", 12), ("sse", 6), ("v1", 24)];
        Assert.Equal(readers.SelectMany(kind => Enumerable.Range(0, kind.Count).Select(i => kind.Door + i)).Order(), heard.Readers.Order());
        for (var i = 0; i < hubs.Count; i++)
        {
            var (hub, members) = (hubs[i], crowd.Members.Order().ToList());
            await Until.TrueAsync(() => MembersAsync(hub).GetAwaiter().GetResult().SequenceEqual(members));
        }
    }

    /// <summary>Waits until a reader has got all of these, and says what it lacks if it does not get them.</summary>
    private static async Task HasAllAsync(Heard heard, string reader, List<string> wanted)
    {
        try
        {
            await Until.TrueAsync(() => !wanted.Except(heard.By(reader)).Any());
        }
        catch (TimeoutException)
        {
            var got = heard.By(reader).ToHashSet();
            var lacks = wanted.Index().Where(one => !got.Contains(one.Item)).Select(static one => $"{one.Item} ({one.Index})").ToList();
            Assert.Fail($"{reader} lacks {lacks.Count} of {wanted.Count}: {string.Join(", ", lacks.Take(10))} .. {lacks[^1]}");
        }
    }

    private static Task CutAsync(RedisServer redis)
    {
        redis.Run("CLIENT", "KILL", "TYPE", "pubsub");
        return Task.CompletedTask;
    }

    private static async Task<List<string>> HistoryAsync(Uri hub)
    {
        using var http = new HttpClient { BaseAddress = hub, Timeout = Deadline.Default };
        var (texts, path) = (new List<string>(), $"/api/rooms/{Crowd.Room}/messages?limit=1000");
        for (string? before = null; ;)
        {
            var page = await http.GetFromJsonAsync<JsonElement>(before is null ? path : $"{path}&before={before}");
            texts.InsertRange(0, page.GetProperty("messages").EnumerateArray().Select(static m => m.GetProperty("text").GetString()!));
            if (!page.TryGetProperty("more", out var more) || !more.GetBoolean()) return texts;
            before = page.GetProperty("messages")[0].GetProperty("position").GetString();
        }
    }

    private static async Task<List<string>> MembersAsync(Uri hub)
    {
        using var http = new HttpClient { BaseAddress = hub, Timeout = Deadline.Default };
        var members = await http.GetFromJsonAsync<JsonElement>($"/api/rooms/{Crowd.Room}/presence");
        return [.. members.GetProperty("members").EnumerateArray().Select(static m => m.GetProperty("id").GetString()!).Order()];
    }
}
