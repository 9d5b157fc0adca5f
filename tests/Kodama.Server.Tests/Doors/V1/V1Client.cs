using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>A client of kodama.v1 as a test plays it: frames as they come, answers apart from what comes of rooms.</summary>
internal sealed class V1Client : IAsyncDisposable
{
    private readonly TestPeer peer;
    private readonly Queue<V1Received> happened = [];
    private readonly Dictionary<long, JsonElement> answers = [];
    private long requests = 1_000_000;

    private V1Client(TestPeer peer) => this.peer = peer;

    public TestPeer Peer => peer;

    /// <summary>The hub's hello.</summary>
    public JsonElement Hello { get; private set; }

    /// <summary>The public id of its session.</summary>
    public string Id => Hello.GetProperty("session").GetProperty("id").GetString()!;

    /// <summary>A client that has shaken hands and said nothing.</summary>
    public static async Task<V1Client> ConnectAsync(TestHub hub, string query = "?name=Yui") =>
        new(await hub.ConnectAsync("/ws" + query, options => options.AddSubProtocol("kodama.v1")));

    /// <summary>One that has said hello and has been answered.</summary>
    public static async Task<V1Client> GreetAsync(TestHub hub, string query = "?name=Yui", JsonElement? session = null) =>
        await GreetAsync(await ConnectAsync(hub, query), session);

    /// <summary>The same, of a hub of which only the address is known.</summary>
    public static async Task<V1Client> GreetAsync(Uri hub)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("kodama.v1");
        await socket.ConnectAsync(new UriBuilder(hub) { Scheme = "ws", Path = "/ws" }.Uri, CancellationToken.None).Within();
        return await GreetAsync(new V1Client(new TestPeer(socket)), session: null);
    }

    private static async Task<V1Client> GreetAsync(V1Client client, JsonElement? session)
    {
        await client.SendAsync(session is { } known ? new { type = "hello", session = known } : new { type = "hello" });
        client.Hello = (await client.ReceiveAsync()).Json;
        Assert.Equal("hello", client.Hello.GetProperty("type").GetString());
        return client;
    }

    /// <summary>One that is live in a room.</summary>
    public static async Task<V1Client> JoinAsync(TestHub hub, string room = "lounge", string name = "Yui")
    {
        var client = await GreetAsync(hub, $"?name={name}");
        await client.EnterAsync(new { type = "join", room });
        return client;
    }

    /// <summary>Joins, and reads on until it is live; what came before that comes still. What it was answered.</summary>
    public async Task<JsonElement> EnterAsync(object join)
    {
        var joined = await DoAsync(join);
        var before = new List<V1Received>();
        while (await NextAsync() is var frame && frame["live"] is null) before.Add(frame);
        before.AddRange(happened);
        happened.Clear();
        before.ForEach(happened.Enqueue);
        return joined;
    }

    /// <summary>Another connection of the same session.</summary>
    public Task<V1Client> ComeBackAsync(TestHub hub, string query = "?name=Yui") => GreetAsync(hub, query, Hello.GetProperty("session"));

    public Task SendAsync(object frame) => peer.SendAsync(JsonSerializer.Serialize(frame));

    /// <summary>Sends a request, and does not wait for the answer to this number.</summary>
    public async Task<long> BeginAsync(object request, byte[]? binary = null)
    {
        var json = JsonSerializer.SerializeToNode(request)!.AsObject();
        json["n"] = ++requests;
        var number = requests;
        await peer.SendAsync(json.ToJsonString());
        if (binary is not null) await peer.SendAsync(binary);
        return number;
    }

    /// <summary>The answer to a request.</summary>
    public async Task<JsonElement> AnswerAsync(long number)
    {
        JsonElement answer;
        while (!answers.Remove(number, out answer)) Sort(await ReceiveAsync());
        return answer;
    }

    /// <summary>The answer, whatever it is.</summary>
    public async Task<JsonElement> AskAsync(object request, byte[]? binary = null) => await AnswerAsync(await BeginAsync(request, binary));

    /// <summary>The answer, which is no error.</summary>
    public async Task<JsonElement> DoAsync(object request, byte[]? binary = null)
    {
        var answer = await AskAsync(request, binary);
        Assert.NotEqual("error", answer.GetProperty("type").GetString());
        return answer;
    }

    /// <summary>The code of the answer, which is an error with a text.</summary>
    public async Task<string> FailAsync(object request, byte[]? binary = null)
    {
        var answer = await AskAsync(request, binary);
        Assert.Equal("error", answer.GetProperty("type").GetString());
        Assert.NotEmpty(answer.GetProperty("text").GetString()!);
        return answer.GetProperty("code").GetString()!;
    }

    /// <summary>What came of a room, or was said to it directly, next.</summary>
    public async Task<V1Received> NextAsync()
    {
        while (happened.Count == 0) Sort(await ReceiveAsync());
        return happened.Dequeue();
    }

    /// <summary>What has come of rooms up to now: all that was sent before an answer.</summary>
    public async Task<IReadOnlyList<V1Received>> DrainAsync()
    {
        await DoAsync(new { type = "ping" });
        var all = happened.ToList();
        happened.Clear();
        return all;
    }

    /// <summary>The next frame, with the binary one behind it if it has one.</summary>
    public async Task<V1Received> ReceiveAsync()
    {
        var received = await peer.ReceiveAsync();
        if (received.Type == WebSocketMessageType.Close)
            throw new InvalidOperationException($"The hub has closed: {peer.Socket.CloseStatus} {peer.Socket.CloseStatusDescription}");
        Assert.Equal(WebSocketMessageType.Text, received.Type);
        var json = JsonDocument.Parse(received.Bytes).RootElement;
        if (!json.TryGetProperty("binary", out _)) return new V1Received(json, null);
        var binary = await peer.ReceiveAsync();
        Assert.Equal(WebSocketMessageType.Binary, binary.Type);
        return new V1Received(json, binary.Bytes);
    }

    public ValueTask DisposeAsync() => peer.DisposeAsync();

    private void Sort(V1Received frame)
    {
        if (frame.Json.TryGetProperty("n", out var number)) answers[number.GetInt64()] = frame.Json;
        else happened.Enqueue(frame);
    }
}

internal sealed record V1Received(JsonElement Json, byte[]? Binary)
{
    public string Type => Json.GetProperty("type").GetString()!;

    public long Offset => Json.GetProperty("offset").GetInt64();

    public string? this[string name] => Json.TryGetProperty(name, out var value) ? value.ToString() : null;
}
