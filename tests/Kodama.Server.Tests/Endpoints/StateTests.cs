using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class StateTests
{
    private const string Path = "/api/rooms/tea/state/";

    [Theory]
    [InlineData("text/plain", "text/plain; charset=utf-8")]
    [InlineData("application/json", "text/plain; charset=utf-8")]
    [InlineData("application/octet-stream", "application/octet-stream")]
    public async Task Key_ThatWasSet_IsReadAsItsValue(string type, string told)
    {
        await using var hub = await TestHub.StartAsync();
        var bytes = Encoding.UTF8.GetBytes("{\"山\":1}");

        using var set = await SendAsync(hub, HttpMethod.Put, "a%2Fb", bytes, type);
        using var read = await SendAsync(hub, HttpMethod.Get, "a%2Fb");

        var position = $"{hub.Hub.FindRoom("tea")!.Epoch}:1";
        Assert.Equal($$"""{"room":"tea","key":"a/b","position":"{{position}}"}""", await set.Content.ReadAsStringAsync());
        Assert.Equal($"\"{position}\"", set.Headers.ETag!.Tag);
        Assert.Equal($"\"{position}\"", read.Headers.ETag!.Tag);
        Assert.Equal(told, read.Content.Headers.ContentType!.ToString());
        Assert.Equal(bytes, await read.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task State_SetOverHttp_IsSeenByOthersWithItsAuthor()
    {
        await using var hub = await TestHub.StartAsync();
        using var events = await SseReader.OpenAsync(hub.Client, "/api/rooms/tea/events?state=1");
        Assert.Empty((await events.ReadAsync("snapshot")).Data.GetProperty("state").EnumerateArray());

        using var set = await SendAsync(hub, HttpMethod.Put, "topic?name=Yui", "cups"u8.ToArray());
        var seen = await events.ReadAsync("state");
        using var removed = await SendAsync(hub, HttpMethod.Delete, "topic");
        var gone = await events.ReadAsync("state");

        Assert.Equal(("topic", "cups"), (seen.Text("key"), seen.Text("text")));
        Assert.Equal("Yui", seen.Data.GetProperty("from").GetProperty("details").GetProperty("name").GetString());
        Assert.Equal((1, 2), (seen.Position.Offset, gone.Position.Offset));
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.False(gone.Data.TryGetProperty("text", out _));
        Assert.Null(hub.Hub.FindRoom("tea")!.State.Find("topic"));
    }

    [Fact]
    public async Task State_OfAKeyThatGoesWithItsWriter_SaysSo()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await hub.JoinAsync("/ws/tea");
        using var events = await SseReader.OpenAsync(hub.Client, "/api/rooms/tea/events?state=1");
        await events.ReadAsync("snapshot");

        var state = yui.Peer!.Room!.State;
        state.Set("topic", "cups", yui.Peer, isBound: true);
        state.Set("rule", "no milk", yui.Peer);
        var told = (await events.ReadAsync("state")).Data;
        var unbound = (await events.ReadAsync("state")).Data;
        using var list = JsonDocument.Parse(await hub.Client.GetStringAsync("/api/rooms/tea/state").Within());

        Assert.True(told.GetProperty("bound").GetBoolean());
        Assert.False(unbound.TryGetProperty("bound", out _));
        Assert.Equal(
            [true, false], list.RootElement.GetProperty("state").EnumerateArray().Select(key => key.TryGetProperty("bound", out _)));
    }

    [Fact]
    public async Task State_OfARoom_IsListedInTheOrderOfItsChanges()
    {
        await using var hub = await TestHub.StartAsync();
        foreach (var key in new[] { "a", "b", "a" })
        {
            using var set = await SendAsync(hub, HttpMethod.Put, key, "1"u8.ToArray());
        }

        using var list = JsonDocument.Parse(await hub.Client.GetStringAsync("/api/rooms/tea/state").Within());

        var epoch = hub.Hub.FindRoom("tea")!.Epoch;
        Assert.Equal($"{epoch}:3", list.RootElement.GetProperty("position").GetString());
        Assert.Equal(
            [("b", $"{epoch}:2"), ("a", $"{epoch}:3")],
            list.RootElement.GetProperty("state").EnumerateArray().Select(
                e => (e.GetProperty("key").GetString(), e.GetProperty("position").GetString())));
    }

    [Fact]
    public async Task Counter_RaisedByManyWhoCompare_LosesNothing()
    {
        const int Writers = 8;
        const int Times = 5;
        await using var hub = await TestHub.StartAsync();
        using var first = await SendAsync(hub, HttpMethod.Put, "count", "0"u8.ToArray(), condition: ("If-None-Match", "*"));
        using var second = await SendAsync(hub, HttpMethod.Put, "count", "0"u8.ToArray(), condition: ("If-None-Match", "*"));

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < Times;)
            {
                using var read = await SendAsync(hub, HttpMethod.Get, "count");
                var next = int.Parse(await read.Content.ReadAsStringAsync(), System.Globalization.CultureInfo.InvariantCulture) + 1;
                using var set = await SendAsync(
                    hub, HttpMethod.Put, "count", Encoding.UTF8.GetBytes($"{next}"), condition: ("If-Match", read.Headers.ETag!.Tag));
                if (set.StatusCode == HttpStatusCode.OK) done++;
                else Assert.Equal(HttpStatusCode.PreconditionFailed, set.StatusCode);
            }
        }))).Within();

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.PreconditionFailed), (first.StatusCode, second.StatusCode));
        Assert.Equal($"{Writers * Times}", hub.Hub.FindRoom("tea")!.State.Find("count")!.Payload.ToString());
    }

    [Theory]
    [InlineData("GET", "none", null, null, 404, "NO_SUCH_KEY")]
    [InlineData("PUT", "a%0Ab", null, null, 400, "INVALID_KEY")]
    [InlineData("PUT", "256", null, null, 400, "INVALID_KEY")]
    [InlineData("PUT", "full", null, null, 507, "FULL")]
    [InlineData("PUT", "a", "If-Match", "\"x\"", 400, "INVALID_CONDITION")]
    [InlineData("PUT", "a", "If-None-Match", "\"e:1\"", 400, "INVALID_CONDITION")]
    [InlineData("PUT", "a", "If-Match", "\"e:1\"", 412, "CONDITION_FAILED")]
    [InlineData("PUT", "none", "If-Match", "*", 412, "CONDITION_FAILED")]
    [InlineData("DELETE", "none", "If-Match", "*", 412, "CONDITION_FAILED")]
    [InlineData("DELETE", "a", "If-None-Match", "*", 412, "CONDITION_FAILED")]
    public async Task Change_ThatCannotBe_IsRefusedAndChangesNothing(
        string method, string key, string? header, string? value, int status, string code)
    {
        await using var hub = await TestHub.StartAsync(o => o.Log.MaxStateBytes = 100);
        using var set = await SendAsync(hub, HttpMethod.Put, "a", "1"u8.ToArray());
        var body = method == "PUT" ? new byte[key == "full" ? 200 : 1] : null;
        (string, string)? condition = header is null ? null : (header, value!);

        if (key == "256") key = new string('k', 256);
        using var answer = await SendAsync(hub, new HttpMethod(method), key, body, condition: condition);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains($"\"code\":\"{code}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, hub.Hub.FindRoom("tea")!.Offset);
    }

    [Fact]
    public async Task Change_ThatAFilterDrops_IsRefusedWithItsReason()
    {
        await using var hub = await TestHub.StartAsync(o => o.Rules.RateLimit(2, TimeSpan.FromHours(1)));
        using var first = await SendAsync(hub, HttpMethod.Put, "a", "1"u8.ToArray());
        using var second = await SendAsync(hub, HttpMethod.Put, "a", "2"u8.ToArray());

        using var third = await SendAsync(hub, HttpMethod.Put, "a", "3"u8.ToArray());
        using var removed = await SendAsync(hub, HttpMethod.Delete, "a");

        Assert.Equal((HttpStatusCode)422, third.StatusCode);
        var answer = await third.Content.ReadAsStringAsync();
        Assert.Contains("MESSAGE_REFUSED", answer, StringComparison.Ordinal);
        Assert.Contains("Too many messages: at most 2", answer, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode)422, removed.StatusCode);
        Assert.Equal("2", hub.Hub.FindRoom("tea")!.State.Find("a")!.Payload.ToString());
    }

    [Fact]
    public async Task Key_ThatIsKnownAlready_IsNotSentAgain()
    {
        await using var hub = await TestHub.StartAsync();
        using var set = await SendAsync(hub, HttpMethod.Put, "a", "1"u8.ToArray());

        using var read = await SendAsync(hub, HttpMethod.Get, "a", condition: ("If-None-Match", set.Headers.ETag!.Tag));

        Assert.Equal(HttpStatusCode.NotModified, read.StatusCode);
    }

    [Fact]
    public async Task Delete_InARoomThatDoesNotExist_MakesNone()
    {
        await using var hub = await TestHub.StartAsync();

        using var answer = await SendAsync(hub, HttpMethod.Delete, "a");

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Empty(hub.Hub.Rooms);
    }

    [Fact]
    public async Task Presence_OfARoom_ListsItsMembers()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await hub.JoinAsync("/ws/tea?name=Yui");
        var room = yui.Peer!.Room!;
        room.Members.Enter(yui.Peer, "{\"mood\":\n\"good\"}");

        using var list = JsonDocument.Parse(await hub.Client.GetStringAsync("/api/rooms/tea/presence").Within());

        var member = Assert.Single(list.RootElement.GetProperty("members").EnumerateArray());
        Assert.Equal($"{room.Epoch}:1", list.RootElement.GetProperty("position").GetString());
        Assert.Equal(yui.Peer.Id, member.GetProperty("id").GetString());
        Assert.Equal("Yui", member.GetProperty("details").GetProperty("name").GetString());
        Assert.Equal("good", member.GetProperty("data").GetProperty("mood").GetString());
    }

    private static async Task<HttpResponseMessage> SendAsync(
        TestHub hub, HttpMethod method, string key, byte[]? body = null, string? type = null, (string Name, string Value)? condition = null)
    {
        using var request = new HttpRequestMessage(method, Path + key);
        if (body is not null) request.Content = new ByteArrayContent(body);
        if (type is not null) request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (condition is { } given) Assert.True(request.Headers.TryAddWithoutValidation(given.Name, given.Value));
        return await hub.Client.SendAsync(request).Within();
    }
}
