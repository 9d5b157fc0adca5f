using System.Diagnostics;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace Kodama.Clients.Tests.Hubs;

/// <summary>A room as the hub's event stream tells it: who is in it, and every message in the room's order.</summary>
internal sealed class RoomWatch : IAsyncDisposable
{
    private readonly HttpClient http;
    private readonly List<string> names = [];
    private readonly List<(long Offset, string Text)> messages = [];
    private readonly IAsyncEnumerator<SseItem<string>> events;

    private RoomWatch(Stream stream, HttpClient http)
    {
        this.http = http;
        events = SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator();
    }

    public static async Task<RoomWatch> OpenAsync(Uri url)
    {
        var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        return new RoomWatch(await http.GetStreamAsync(url).WithDeadline(), http);
    }

    /// <summary>Takes what was said in the room before, too.</summary>
    /// <param name="url">The room's messages.</param>
    public async Task ReadBackAsync(Uri url)
    {
        var page = JsonNode.Parse(await http.GetStringAsync(url).WithDeadline())!;
        foreach (var message in page["messages"]!.AsArray()) Add(OffsetOf((string)message!["position"]!), (string?)message["text"]);
    }

    /// <summary>Reads on until those of these names are in the room. Only then does what is said there reach them.</summary>
    public Task UntilHereAsync(params string[] wanted) =>
        UntilAsync(() => wanted.All(names.Contains), $"{string.Join(", ", wanted)} to come");

    /// <summary>Reads on until nobody of this name is in the room.</summary>
    public Task UntilGoneAsync(string name) => UntilAsync(() => !names.Contains(name), $"{name} to go");

    /// <summary>Reads on until so many messages have been published since the start, and gives their texts in order.</summary>
    public async Task<IReadOnlyList<string>> UntilSaidAsync(int count)
    {
        await UntilAsync(() => messages.Count >= count, $"{count} messages");
        // Comings and goings of members have offsets of their own, in between.
        Assert.All(messages.Zip(messages.Skip(1)), pair => Assert.True(pair.First.Offset < pair.Second.Offset));
        return [.. messages.Select(m => m.Text)];
    }

    /// <summary>Reads on to the hub's next reading of its own counts: a second, by its clock.</summary>
    public async Task NextSecondAsync()
    {
        do await ReadAsync();
        while (events.Current.EventType != "stats");
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    // The hub tells its counts each second, whatever else happens: not only each event has its deadline.
    private async Task UntilAsync(Func<bool> isSo, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (Stopwatch.GetElapsedTime(start) > Deadline.Step)
            {
                Assert.Fail(
                    $"Waited {Deadline.Step.TotalSeconds} s for {what}. Here are {string.Join(", ", names)}; said was "
                        + $"{string.Join(", ", messages.Select(static m => $"{m.Offset}: {m.Text}"))}.");
            }
            await ReadAsync();
        }
    }

    private async Task ReadAsync()
    {
        Assert.True(await events.MoveNextAsync().AsTask().WithDeadline(), "The event stream ended.");
        var data = JsonNode.Parse(events.Current.Data)!;
        switch (events.Current.EventType)
        {
            case "snapshot":
                names.AddRange(data["peers"]!.AsArray().Select(Name));
                break;
            case "join":
                names.Add(Name(data["peer"]));
                break;
            case "leave":
                names.Remove(Name(data["peer"]));
                break;
            case "message":
                Add((long)data["offset"]!, (string?)data["text"]);
                break;
            case "missed":
                Assert.Fail($"The event stream missed {data["count"]} events.");
                break;
        }
    }

    // What was read back comes as an event too, where it was said meanwhile.
    private void Add(long offset, string? text)
    {
        if (messages.Count == 0 || offset > messages[^1].Offset) messages.Add((offset, text ?? ""));
    }

    private static long OffsetOf(string position) =>
        long.Parse(position.AsSpan(position.LastIndexOf(':') + 1), CultureInfo.InvariantCulture);

    private static string Name(JsonNode? peer) => (string?)peer!["details"]!["name"] ?? "";
}

internal static class RoomWatching
{
    /// <summary>Looks into a room, from now on.</summary>
    public static Task<RoomWatch> WatchAsync(this RunningHub hub, string room) =>
        RoomWatch.OpenAsync(new Uri(hub.Url, $"/api/events?room={room}&token={hub.Settings.Token}"));

    /// <summary>Looks into a room, with what the hub has kept of it: for one where clients wait that come by themselves.</summary>
    public static async Task<RoomWatch> WatchFromTheStartAsync(this RunningHub hub, string room)
    {
        var watch = await hub.WatchAsync(room);
        await watch.ReadBackAsync(new Uri(hub.Url, $"/api/rooms/{room}/messages?token={hub.Settings.Token}"));
        return watch;
    }
}
