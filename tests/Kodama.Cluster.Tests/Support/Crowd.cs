using System.Net;
using System.Text.Json;
using Kodama.Client;

namespace Kodama.Cluster.Tests;

/// <summary>Clients of many kinds at all hubs of a cluster, which read one room and publish numbered messages in it.</summary>
internal sealed class Crowd(HubProcesses hubs, Heard heard) : IAsyncDisposable
{
    public const string Room = "big";

    private readonly CancellationTokenSource ending = new();
    private readonly List<Task> running = [];
    private readonly List<IAsyncDisposable> clients = [];
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly List<ChildProcess> nodes = [];
    private NodePushers? pushers;
    private int nodesDone;
    private int said;

    /// <summary>Those that have entered the room, by their sessions.</summary>
    public List<string> Members { get; } = [];

    /// <summary>Clients of kodama.v1 that stay, enter and read.</summary>
    public async Task<JoinedRoom[]> AddRoomsAsync(int count) => await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
    {
        var client = await KodamaRooms.ConnectAsync(
            hubs[i % hubs.Count], new() { Reconnect = Quick, RetryFirst = true, PublishCapacity = 16 });
        lock (clients) clients.Add(client);
        var room = await client.JoinAsync(Room);
        await room.EnterAsync();
        lock (Members) Members.Add(client.Session!.Id);
        Run(async () =>
        {
            await foreach (var entry in room.Entries.WithCancellation(ending.Token))
            {
                if (entry is RoomMessage message) heard.Add($"v1{i}", message.Text);
                else if (entry is RoomGap) heard.Gaps.Enqueue($"v1{i}");
            }
        });
        return room;
    }));

    /// <summary>Clients of the raw door.</summary>
    public async Task AddRawAsync(int count) => await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
    {
        var client = await KodamaClient.ConnectAsync(hubs[i % hubs.Count], new() { Room = Room, Reconnect = Quick, RetryFirst = true });
        lock (clients) clients.Add(client);
        Run(async () =>
        {
            await foreach (var message in client.Messages.WithCancellation(ending.Token)) heard.Add($"raw{i}", message.Text);
        });
    }));

    /// <summary>Readers of Server-Sent Events, which go to the next hub with what they have got.</summary>
    public async Task AddStreamsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var (reader, opened) = (i, new TaskCompletionSource());
            Run(() => ReadStreamAsync(reader, opened));
            await opened.Task.Within(TimeSpan.FromMinutes(1));
        }
    }

    /// <summary>Clients in node, of which some publish: 14 of kodama.v1 and Socket.IO (<c>socketio</c>), or 6 of Ably
    /// (<c>ably</c>).</summary>
    public async Task AddNodeAsync(string folder, int all, params string[] arguments)
    {
        var script = Path.Combine(Repository.Clients, folder, "cluster.mjs");
        var node = ChildProcess.Start("node", [script, .. arguments, .. Enumerable.Range(0, hubs.Count).Select(i => hubs[i].ToString())]);
        nodes.Add(node);
        var (joined, ready) = (new HashSet<string>(), new TaskCompletionSource());
        Run(async () =>
        {
            await foreach (var line in node.Lines.WithCancellation(ending.Token))
            {
                var told = JsonElement.Parse(line);
                if (Text(told, "joined") is { } name && joined.Add(name) && joined.Count == all) ready.TrySetResult();
                if (Text(told, "reader") is { } reader) heard.Add(reader, Text(told, "text")!);
                if (Text(told, "acknowledged") is { } acknowledged) heard.Acknowledged[acknowledged] = true;
                if (Text(told, "failed") is { } failed) heard.Failed[failed] = Text(told, "code")!;
                if (Text(told, "gap") is { } gap) heard.Gaps.Enqueue(gap);
                if (Text(told, "done") is not null) Interlocked.Increment(ref nodesDone);
            }
        });
        await ready.Task.Within(TimeSpan.FromMinutes(1));
    }

    /// <summary>Clients of pusher-js, which come back to their own hub by themselves.</summary>
    public async Task AddPushersAsync(int count, string key, string secret)
    {
        pushers = new NodePushers(key, secret);
        for (var i = 0; i < count; i++)
        {
            var reader = $"pusher{i}";
            await pushers.OpenAsync(reader, hubs[i % hubs.Count]);
            await pushers.SubscribeAsync(reader, Room);
            Run(async () =>
            {
                await foreach (var happened in pushers.ReadAsync(reader, ending.Token))
                {
                    var told = JsonElement.Parse(happened);
                    if (told[0].GetString() == "message") heard.Add(reader, $"{told[2]}");
                }
            });
        }
    }

    /// <summary>Each says so much, one behind the other is decided; ends when all have.</summary>
    public async Task PublishAsync(JoinedRoom[] rooms, int https, int ofEachNode, int count)
    {
        Volatile.Write(ref nodesDone, 0);
        foreach (var node in nodes) await node.WriteLineAsync($$"""{"writers":{{ofEachNode}},"count":{{count}}}""");
        await Task.WhenAll(
        [
            .. rooms.Select((room, i) => PublishAsync($"v1{i}", count, room)),
            .. Enumerable.Range(0, https).Select(i => PostAsync($"http{i}", i, count)),
        ]);
        said += count;
        await Until.TrueAsync(() => Volatile.Read(ref nodesDone) == ofEachNode * nodes.Count);
    }

    /// <summary>Somebody says something by HTTP, and answers what.</summary>
    public async Task<string> PostAsync()
    {
        await PostAsync("http", at: 0, count: 1);
        return $"http:{said++}";
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        foreach (var client in clients) await client.DisposeAsync();
        foreach (var node in nodes) await node.DisposeAsync();
        if (pushers is not null) await pushers.DisposeAsync();
        await Task.WhenAll(running);
        http.Dispose();
        ending.Dispose();
    }

    private static ReconnectStrategy Quick { get; } =
        ReconnectStrategy.Exponential(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500));

    private async Task PublishAsync(string writer, int count, JoinedRoom room)
    {
        var first = said;
        for (var n = first; n < first + count; n++)
        {
            var text = $"{writer}:{n}";
            try
            {
                await room.PublishAsync(text, ending.Token);
                heard.Acknowledged[text] = true;
            }
            catch (RequestRefusedException exception)
            {
                heard.Failed[text] = exception.Code;
            }
        }
    }

    private async Task PostAsync(string writer, int at, int count)
    {
        var first = said;
        for (var n = first; n < first + count; n++)
        {
            var (text, key) = ($"{writer}:{n}", Guid.NewGuid().ToString("N"));
            for (; !heard.Acknowledged.ContainsKey(text) && !heard.Failed.ContainsKey(text); at++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(hubs[at % hubs.Count], $"/api/rooms/{Room}/messages"))
                {
                    Content = new StringContent(text),
                };
                request.Headers.Add("Idempotency-Key", key);
                try
                {
                    using var answer = await http.SendAsync(request, ending.Token);
                    if (answer.StatusCode == HttpStatusCode.Accepted) heard.Acknowledged[text] = true;
                    else if (answer.StatusCode == HttpStatusCode.Conflict) heard.Failed[text] = await answer.Content.ReadAsStringAsync();
                    else await Task.Delay(100, ending.Token);
                }
                catch (Exception exception) when (
                    exception is HttpRequestException or TaskCanceledException && !ending.IsCancellationRequested)
                {
                    await Task.Delay(100, ending.Token);
                }
            }
        }
    }

    private async Task ReadStreamAsync(int reader, TaskCompletionSource opened)
    {
        string? position = null;
        for (var at = reader; !ending.IsCancellationRequested; at++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(hubs[at % hubs.Count], $"/api/rooms/{Room}/events"));
                if (position is not null) request.Headers.Add("Last-Event-ID", position);
                using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ending.Token);
                if (!answer.IsSuccessStatusCode) continue;
                using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(ending.Token));
                var name = "message";
                while (await lines.ReadLineAsync(ending.Token) is { } line)
                {
                    if (line.StartsWith("id: ", StringComparison.Ordinal))
                    {
                        position = line[4..];
                        opened.TrySetResult();
                    }
                    else if (line.StartsWith("event: ", StringComparison.Ordinal))
                    {
                        name = line[7..];
                    }
                    else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    {
                        if (name == "message") heard.Add($"sse{reader}", Text(JsonElement.Parse(line[6..]), "text")!);
                        else if (name == "gap") heard.Gaps.Enqueue($"sse{reader}");
                        name = "message";
                    }
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                await Task.Delay(50);
            }
        }
    }

    private static string? Text(JsonElement told, string name) => told.TryGetProperty(name, out var value) ? value.GetString() : null;

    private void Run(Func<Task> work)
    {
        lock (running) running.Add(Task.Run(async () =>
        {
            try
            {
                await work();
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                // The test is over.
            }
        }));
    }
}
