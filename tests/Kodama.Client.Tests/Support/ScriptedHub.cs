using System.Globalization;
using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Client.Tests;

/// <summary>A hub of kodama.v1 that says what a test wants.</summary>
internal sealed class ScriptedHub : IDisposable
{
    private readonly RawServer server = new();

    public Uri Address => server.Address;

    public int Port => server.Port;

    public RawServer Raw => server;

    /// <summary>Accepts one, and greets it: with the session that it brings, or as one that it does not know.</summary>
    public async Task<ScriptedConnection> AcceptAsync(bool knows = true, string newSession = "session")
    {
        var peer = await server.AcceptWebSocketAsync("Sec-WebSocket-Protocol: kodama.v1\r\n");
        var connection = new ScriptedConnection(peer);
        var hello = await connection.ReadAsync("hello");
        var isResumed = knows && hello.TryGetProperty("session", out _);
        var session = isResumed ? hello.GetProperty("session").GetRawText() : $$"""{"id":"{{newSession}}","secret":"secret"}""";
        await connection.SayAsync(
            $$$"""
            {"type":"hello","protocol":"kodama.v1","hub":"h","peer":"p","session":{{{session}}},
             "resumed":{{{(isResumed ? "true" : "false")}}},
             "ping":20000,"limits":{"frame":1048576,"rooms":64,"event":255,"id":64,"token":4096,"data":4096,"depth":32,"page":1000}}
            """);
        return connection;
    }

    public void Dispose() => server.Dispose();
}

/// <summary>The hub's end of a connection.</summary>
internal sealed class ScriptedConnection(RawPeer peer) : IDisposable
{
    public RawPeer Peer => peer;

    /// <summary>The next request, which is of this type.</summary>
    public async Task<JsonElement> ReadAsync(string type)
    {
        var request = await ReadAsync();
        Assert.Equal(type, request.GetProperty("type").GetString());
        return request;
    }

    public async Task<JsonElement> ReadAsync()
    {
        RawFrame? frame;
        do frame = await peer.ReadFrameAsync();
        while (frame is { Opcode: RawFrame.PingOpcode or RawFrame.PongOpcode });
        Assert.NotNull(frame);
        Assert.Equal(RawFrame.TextOpcode, frame.Opcode);
        return JsonElement.Parse(frame.Payload);
    }

    public Task SayAsync(string json) => peer.SendMessageAsync(json);

    /// <summary>Reads a join and lets the client in.</summary>
    public async Task<JsonElement> LetInAsync(string position = "epoch:0", string more = "", bool isLive = true)
    {
        var join = await ReadAsync("join");
        await SayAsync(
            $$"""{"type":"joined","n":{{join.N()}},"room":"{{join.Text("room")}}","position":"{{position}}"{{more}}}""");
        if (isLive) await LiveAsync(join.Text("room")!, long.Parse(position.Split(':')[1], CultureInfo.InvariantCulture));
        return join;
    }

    public Task LiveAsync(string room, long offset) => SayAsync($$"""{"offset":{{offset}},"type":"mark","room":"{{room}}","live":true}""");

    public Task OkAsync(JsonElement request, string? position = null) =>
        SayAsync($$"""{"type":"ok","n":{{request.N()}}{{(position is null ? "" : $",\"position\":\"{position}\"")}}}""");

    public Task RefuseAsync(JsonElement request, string code) =>
        SayAsync($$"""{"type":"error","n":{{request.N()}},"code":"{{code}}","text":"Because."}""");

    public Task MessageAsync(long offset, string text, string from = "other", string? id = null, string room = "tea") => SayAsync(
        $$"""
        {"offset":{{offset}},"time":1764357725123,"type":"message","room":"{{room}}","from":"{{from}}","event":"message",
         "text":"{{text}}"{{(id is null ? "" : $",\"id\":\"{id}\"")}}}
        """);

    public void Dispose() => peer.Dispose();
}

internal static class ScriptedRequests
{
    public static long N(this JsonElement request) => request.GetProperty("n").GetInt64();

    public static string? Text(this JsonElement request, string member) =>
        request.TryGetProperty(member, out var value) ? value.GetString() : null;
}
