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

    /// <summary>Reads on until those of these names are in the room. Only then does what is said there reach them.</summary>
    public async Task UntilHereAsync(params string[] wanted)
    {
        while (!wanted.All(names.Contains)) await ReadAsync();
    }

    /// <summary>Reads on until nobody of this name is in the room.</summary>
    public async Task UntilGoneAsync(string name)
    {
        while (names.Contains(name)) await ReadAsync();
    }

    /// <summary>Reads on until so many messages have been published since the start, and gives their texts in order.</summary>
    public async Task<IReadOnlyList<string>> UntilSaidAsync(int count)
    {
        while (messages.Count < count) await ReadAsync();
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
                messages.Add(((long)data["offset"]!, (string?)data["text"] ?? ""));
                break;
            case "missed":
                Assert.Fail($"The event stream missed {data["count"]} events.");
                break;
        }
    }

    private static string Name(JsonNode? peer) => (string?)peer!["details"]!["name"] ?? "";
}

internal static class RoomWatching
{
    /// <summary>Looks into a room, from now on.</summary>
    public static Task<RoomWatch> WatchAsync(this RunningHub hub, string room) =>
        RoomWatch.OpenAsync(new Uri(hub.Url, $"/api/events?room={room}&token={hub.Settings.Token}"));
}
