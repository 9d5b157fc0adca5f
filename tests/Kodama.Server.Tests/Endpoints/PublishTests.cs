using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class PublishTests
{
    [Theory]
    [InlineData("text/plain; charset=utf-8", WebSocketMessageType.Text)]
    [InlineData("application/json", WebSocketMessageType.Text)]
    [InlineData(null, WebSocketMessageType.Text)]
    [InlineData("application/octet-stream", WebSocketMessageType.Binary)]
    public async Task Publish_OfAType_ReachesTheRoomAsThatType(string? type, WebSocketMessageType expected)
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync("/ws/tea");

        var (status, body) = await PublishAsync(hub, "/api/rooms/tea/messages", Encoding.UTF8.GetBytes("山彦"), type);

        var received = await peer.ReceiveAsync();
        Assert.Equal(expected, received.Type);
        Assert.Equal("山彦", received.Text);
        Assert.Equal(HttpStatusCode.Accepted, status);
        var room = hub.Hub.FindRoom("tea")!;
        Assert.Equal($$"""{"room":"tea","position":"{{room.Epoch}}:1","offset":1,"epoch":"{{room.Epoch}}","receivers":1}""", body);
    }

    [Fact]
    public async Task Publish_OfAnEvent_ReachesRawPeersAsJson()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync();

        var (status, _) = await PublishAsync(hub, "/api/rooms/lobby/messages?event=move", "[1, {\"x\":2}]"u8.ToArray());

        Assert.Equal(HttpStatusCode.Accepted, status);
        using var json = JsonDocument.Parse(await peer.ReceiveTextAsync());
        Assert.Equal("move", json.RootElement.GetProperty("event").GetString());
        Assert.Equal(2, json.RootElement.GetProperty("args")[1].GetProperty("x").GetInt32());
    }

    [Fact]
    public async Task Publish_WhereNobodyIs_IsKeptForWhoeverComes()
    {
        await using var hub = await TestHub.StartAsync();

        var (status, _) = await PublishAsync(hub, "/api/rooms/tea/messages", "first"u8.ToArray());
        await using var peer = await hub.ConnectAsync("/ws/tea?kodama.rewind=1");

        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal("first", await peer.ReceiveTextAsync());
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("?transient=1", 256)]
    public async Task Publish_WhereNobodyIsAndNothingIsKept_MakesNoRoom(string query, int kept)
    {
        await using var hub = await TestHub.StartAsync(o => o.Log.Messages = kept);

        var (status, body) = await PublishAsync(hub, "/api/rooms/nowhere/messages" + query, "x"u8.ToArray());

        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal("""{"room":"nowhere","receivers":0}""", body);
        Assert.Empty(hub.Hub.Rooms);
    }

    [Fact]
    public async Task Publish_OfATransientMessage_ReachesWhoIsThereAndIsNotKept()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync();

        var (_, body) = await PublishAsync(hub, "/api/rooms/lobby/messages?transient=1", "here"u8.ToArray());

        Assert.Equal("""{"room":"lobby","receivers":1}""", body);
        Assert.Equal("here", await peer.ReceiveTextAsync());
        Assert.Equal(0, hub.Hub.FindRoom("lobby")!.Offset);
    }

    [Theory]
    [InlineData("/api/rooms/lobby/messages", "FF", "text/plain", 400, "INVALID_MESSAGE")]
    [InlineData("/api/rooms/lobby/messages?event=move", "7B7D", null, 400, "INVALID_MESSAGE")]
    [InlineData("/api/rooms/lobby/messages?event=move", "5B31", null, 400, "INVALID_MESSAGE")]
    [InlineData("/api/rooms/lobby/messages?event=move", "5B315D5B", null, 400, "INVALID_MESSAGE")]
    [InlineData("/api/rooms/lobby/messages?event=move", "", null, 400, "INVALID_MESSAGE")]
    [InlineData("/api/rooms/lobby/messages?event=256", "5B5D", null, 400, "INVALID_EVENT")]
    [InlineData("/api/rooms/a%0Ab/messages", "31", null, 400, "INVALID_ROOM")]
    [InlineData(
        "/api/rooms/lobby/messages?a23456789b23456789c23456789d23456789e23456789f23456789g23456789xx=1",
        "31", null, 400, "INVALID_DETAILS")]
    [InlineData("/api/rooms/lobby/messages", "626164", null, 422, "MESSAGE_REFUSED")]
    public async Task Publish_OfWhatCannotBe_IsRefused(string path, string hex, string? type, int status, string code)
    {
        await using var hub = await TestHub.StartAsync(o => o.Rules.Filters.Add(new LambdaFilter(m =>
            new(m.Payload.ToString() == "bad" ? FilterResult.Drop("That word is not said here.") : FilterResult.Pass))));
        await using var peer = await hub.JoinAsync();
        path = path.Replace("event=256", "event=" + new string('e', 256), StringComparison.Ordinal);

        var (answered, body) = await PublishAsync(hub, path, Convert.FromHexString(hex), type);

        Assert.Equal(status, (int)answered);
        Assert.Contains($"\"code\":\"{code}\"", body, StringComparison.Ordinal);
        if (status == 422) Assert.Contains("That word is not said here.", body, StringComparison.Ordinal);
        Assert.Equal(0, hub.Hub.FindRoom("lobby")!.Offset);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Publish_OfTooMuch_IsRefused(bool chunked)
    {
        await using var hub = await TestHub.StartAsync(o => o.MaxMessageSize = 1000);
        await using var peer = await hub.JoinAsync();

        var (status, body) = await PublishAsync(hub, "/api/rooms/lobby/messages", new byte[1001], "application/octet-stream", chunked);
        var (atLimit, _) = await PublishAsync(hub, "/api/rooms/lobby/messages", new byte[1000], "application/octet-stream", chunked);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Equal("""{"error":{"code":"MESSAGE_TOO_LARGE","message":"A message takes at most 1000 bytes.","statusCode":413}}""", body);
        Assert.Equal(HttpStatusCode.Accepted, atLimit);
        Assert.Equal(1000, (await peer.ReceiveAsync()).Bytes.Length);
    }

    [Fact]
    public async Task Publish_ThroughAFilter_SeesTheSenderAndItsReplacementArrives()
    {
        Peer? sender = null;
        await using var hub = await TestHub.StartAsync(o => o.Rules.Filters.Add(new LambdaFilter(async m =>
        {
            await Task.Yield();
            sender = m.Sender;
            return FilterResult.Replace(m.Payload.ToString().ToUpperInvariant());
        })));
        await using var peer = await hub.JoinAsync();

        await PublishAsync(hub, "/api/rooms/lobby/messages?sensor=7&event=message&token=secret", "warm"u8.ToArray());

        Assert.Equal("WARM", await peer.ReceiveTextAsync());
        Assert.Equal("http", sender!.Door);
        Assert.Equal("127.0.0.1", sender.RemoteAddress!.ToString());
        Assert.Equal(new Dictionary<string, string> { ["sensor"] = "7" }, sender.Details.ToDictionary());
    }

    private static async Task<(HttpStatusCode Status, string Body)> PublishAsync(
        TestHub hub, string path, byte[] body, string? type = null, bool chunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (type is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        request.Headers.TransferEncodingChunked = chunked;
        using var answer = await hub.Client.SendAsync(request).Within();
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
