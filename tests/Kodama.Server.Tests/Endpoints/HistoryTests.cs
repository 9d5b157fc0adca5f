using System.Net;
using System.Text.Json;
using Kodama.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server.Tests;

public sealed class HistoryTests
{
    [Fact]
    public async Task Messages_OfARoom_AreTheNewestWithAllThatIsKeptOfThem()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await hub.JoinAsync("/ws/tea?name=Yui");
        await yui.SendAsync("山彦");
        await yui.SendAsync(new byte[] { 1, 2, 3 });
        var room = yui.Peer!.Room!;
        await Deadline.UntilAsync(() => room.Offset == 2);
        await hub.Client.PostAsync("/api/rooms/tea/messages?event=move", new StringContent("[1,{\"x\":2}]")).Within();

        var page = await PageAsync(hub, "/api/rooms/tea/messages");

        Assert.Equal($"{room.Epoch}:3", page.Text("position"));
        Assert.False(page.Json.TryGetProperty("gap", out _));
        Assert.Equal(
            [$"{room.Epoch}:1", $"{room.Epoch}:2", $"{room.Epoch}:3"], page.Messages.Select(m => m.GetProperty("position").GetString()));
        Assert.Equal("山彦", page.Messages[0].GetProperty("text").GetString());
        Assert.Equal("""{"base64":"AQID","length":3}""", page.Messages[1].GetProperty("binary").GetRawText());
        Assert.Equal(("move", "[1,{\"x\":2}]"), (
            page.Messages[2].GetProperty("event").GetString(), page.Messages[2].GetProperty("args").GetRawText()));
        Assert.Equal(yui.Peer.Id, page.Messages[0].GetProperty("from").GetProperty("id").GetString());
        Assert.Equal("Yui", page.Messages[0].GetProperty("from").GetProperty("details").GetProperty("name").GetString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", page.Messages[0].GetProperty("time").GetString());
        Assert.Empty(page.Links);
    }

    [Fact]
    public async Task Links_FollowedBothWays_GiveEveryMessageOnceInOrder()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync("/ws/tea");
        for (var i = 1; i <= 25; i++) peer.Peer!.Room!.Send($"m{i}");

        var newest = await PageAsync(hub, "/api/rooms/tea/messages?limit=10");
        var back = new List<string>(newest.Texts);
        for (var page = newest; page.Links.TryGetValue("prev", out var older);)
        {
            page = await PageAsync(hub, "/api/rooms/tea/messages" + older);
            back.InsertRange(0, page.Texts);
        }
        var oldest = await PageAsync(hub, $"/api/rooms/tea/messages?limit=10&after={peer.Peer!.Room!.Epoch}:0");
        var forth = new List<string>(oldest.Texts);
        for (var page = oldest; page.Links.TryGetValue("next", out var newer);)
        {
            page = await PageAsync(hub, "/api/rooms/tea/messages" + newer);
            forth.AddRange(page.Texts);
        }

        var all = Enumerable.Range(1, 25).Select(i => $"m{i}").ToList();
        Assert.Equal(all[^10..], newest.Texts);
        Assert.True(newest.Json.GetProperty("more").GetBoolean());
        Assert.Equal(all, back);
        Assert.Equal(all, forth);
    }

    [Fact]
    public async Task Links_OfAClientWithDetails_CarryThemAndNoToken()
    {
        await using var hub = await TestHub.StartAsync(o =>
        {
            o.Token = "open";
            o.Rules.Validate(peer => peer.Details.ContainsKey("name"), "Say your name.");
        });
        hub.Client.DefaultRequestHeaders.Authorization = new("Bearer", "open");
        for (var i = 1; i <= 2; i++)
        {
            using var said = await hub.Client.PostAsync("/api/rooms/tea/messages?name=Yui", new StringContent($"m{i}")).Within();
        }

        var newest = await PageAsync(hub, "/api/rooms/tea/messages?limit=1&name=%E5%B1%B1%22%3E&token=open&kodama.token=x");
        var older = await PageAsync(hub, "/api/rooms/tea/messages" + newest.Links["prev"]);

        Assert.EndsWith(":2&limit=1&name=%E5%B1%B1%22%3E", newest.Links["prev"], StringComparison.Ordinal);
        Assert.Equal(["m1"], older.Texts);
    }

    [Theory]
    [InlineData("after=other:1", "m4,m5", true)]
    [InlineData("after={0}:0", "m4,m5", true)]
    [InlineData("after={0}:9", "m4,m5", true)]
    [InlineData("after={0}:3", "m4,m5", false)]
    [InlineData("after={0}:00000000000000000004", "m5", false)]
    [InlineData("after={0}:5", "", false)]
    [InlineData("before={0}:5", "m4", true)]
    [InlineData("before=other:5", "", true)]
    public async Task Messages_WhereSomeAreGone_SayThatThereIsAGap(string query, string expected, bool isGap)
    {
        await using var hub = await TestHub.StartAsync(o => o.Log.Messages = 2);
        await using var peer = await hub.JoinAsync("/ws/tea");
        for (var i = 1; i <= 5; i++) peer.Peer!.Room!.Send($"m{i}");

        var page = await PageAsync(
            hub, "/api/rooms/tea/messages?" + query.Replace("{0}", peer.Peer!.Room!.Epoch, StringComparison.Ordinal));

        Assert.Equal(expected, string.Join(',', page.Texts));
        Assert.Equal(isGap, page.Json.TryGetProperty("gap", out _));
    }

    [Theory]
    [InlineData("limit=0", "INVALID_PARAMETER")]
    [InlineData("limit=-1", "INVALID_PARAMETER")]
    [InlineData("limit=1000000000", "INVALID_PARAMETER")]
    [InlineData("limit=99999999999999999999", "INVALID_PARAMETER")]
    [InlineData("limit=", "INVALID_PARAMETER")]
    [InlineData("limit=ten", "INVALID_PARAMETER")]
    [InlineData("after=5", "INVALID_POSITION")]
    [InlineData("after=", "INVALID_POSITION")]
    [InlineData("after=epoch:-5", "INVALID_POSITION")]
    [InlineData("before=epoch:99999999999999999999", "INVALID_POSITION")]
    [InlineData("before=%0D%0Ax:1", "INVALID_POSITION")]
    [InlineData("before=e:1&after=e:1", "INVALID_PARAMETER")]
    [InlineData("kodama.rewind=1", "INVALID_PARAMETER")]
    public async Task Question_ThatMakesNoSense_IsRefused(string query, string code)
    {
        await using var hub = await TestHub.StartAsync();

        using var answer = await hub.Client.GetAsync("/api/rooms/tea/messages?" + query).Within();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains($"\"code\":\"{code}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(hub.Hub.Rooms);
    }

    [Fact]
    public async Task Room_ThatDoesNotExist_IsEmptyAndStaysSo()
    {
        await using var hub = await TestHub.StartAsync();

        var answers = new List<string>();
        foreach (var path in new[] { "messages", "presence", "state" })
            answers.Add(await hub.Client.GetStringAsync($"/api/rooms/tea/{path}").Within());

        Assert.Equal(["""{"room":"tea","messages":[]}""", """{"room":"tea","members":[]}""", """{"room":"tea","state":[]}"""], answers);
        Assert.Empty(hub.Hub.Rooms);
    }

    [Fact]
    public async Task Head_OfMessages_HasTheLinksAndNoBody()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync("/ws/tea");
        for (var i = 1; i <= 3; i++) peer.Peer!.Room!.Send($"m{i}");
        using var request = new HttpRequestMessage(HttpMethod.Head, "/api/rooms/tea/messages?limit=1");

        using var answer = await hub.Client.SendAsync(request).Within();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal($"<?before={peer.Peer!.Room!.Epoch}:3&limit=1>; rel=\"prev\"", Assert.Single(answer.Headers.GetValues("Link")));
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Pages_OfALargeRoom_EndEarlyAndGiveBackWhatTheyHeld()
    {
        await using var hub = await TestHub.StartAsync(o => (o.Log.Messages, o.Log.Bytes) = (1000, 8 * 1024 * 1024));
        await using var peer = await hub.JoinAsync("/ws/other");
        using var first = await hub.Client.PostAsync("/api/rooms/tea/messages", new StringContent("first")).Within();
        for (var i = 1; i < 1000; i++) hub.Hub.FindRoom("tea")!.Send(new string('x', 4000));

        var page = await PageAsync(hub, "/api/rooms/tea/messages?limit=1000");
        var texts = new List<string>(page.Texts);
        while (page.Links.TryGetValue("prev", out var older))
        {
            Assert.InRange(page.Texts.Sum(text => text.Length), 900_000, 1024 * 1024);
            page = await PageAsync(hub, "/api/rooms/tea/messages" + older);
            texts.InsertRange(0, page.Texts);
        }

        Assert.Equal((1000, "first"), (texts.Count, texts[0]));
        var budget = hub.Services.GetRequiredService<IncomingBounds>().Budget;
        await Deadline.UntilAsync(() => budget.Held == 0);
    }

    [Fact]
    public async Task Page_WhereThereIsNoRoomForALargeOne_IsSmall()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync("/ws/tea");
        for (var i = 0; i < 10; i++) peer.Peer!.Room!.Send(new string('x', 1000));
        var budget = hub.Services.GetRequiredService<IncomingBounds>().Budget;
        Assert.True(budget.TryTake(null, 128 * 1024 * 1024));

        var page = await PageAsync(hub, "/api/rooms/tea/messages");

        Assert.Equal(4, page.Texts.Count);
        Assert.True(page.Json.GetProperty("more").GetBoolean());
    }

    [Fact]
    public async Task Page_ThatFindsNoRoom_IsRefusedAndOneThatIsSmallIsNot()
    {
        await using var hub = await TestHub.StartAsync(o => o.MaxIncomingBytes = 100_000);
        var budget = hub.Services.GetRequiredService<IncomingBounds>().Budget;
        Assert.True(budget.TryTake(null, 100_000));
        using var first = await hub.Client.PostAsync("/api/rooms/tea/messages", new StringContent("first")).Within();
        var small = await PageAsync(hub, "/api/rooms/tea/messages");
        hub.Hub.FindRoom("tea")!.Send(new string('x', 10_000));

        using var refused = await hub.Client.GetAsync("/api/rooms/tea/messages").Within();

        Assert.Equal(["first"], small.Texts);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("TOO_MUCH_UNDERWAY", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_WithAnAudience_AreInNoPage()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync("/ws/tea");
        var room = peer.Peer!.Room!;
        room.Send("for all");
        for (var i = 0; i < 3; i++) room.Send("for some", except: [peer.Peer]);

        var newest = await PageAsync(hub, "/api/rooms/tea/messages?limit=2");
        var older = await PageAsync(hub, "/api/rooms/tea/messages" + newest.Links["prev"]);

        Assert.Empty(newest.Texts);
        Assert.Equal(["for all"], older.Texts);
    }

    private static async Task<PageOfMessages> PageAsync(TestHub hub, string path)
    {
        using var answer = await hub.Client.GetAsync(path).Within();
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        var links = new Dictionary<string, string>();
        foreach (var link in answer.Headers.TryGetValues("Link", out var values) ? values.SelectMany(value => value.Split(',')) : [])
            links.Add(link.Split("rel=")[1].Trim('"'), link[(link.IndexOf('<') + 1)..link.IndexOf('>')]);
        return new PageOfMessages(JsonDocument.Parse(body).RootElement, links);
    }

    private sealed record PageOfMessages(JsonElement Json, IReadOnlyDictionary<string, string> Links)
    {
        public List<JsonElement> Messages => [.. Json.GetProperty("messages").EnumerateArray()];

        public List<string> Texts => Messages.ConvertAll(message => message.GetProperty("text").GetString()!);

        public string Text(string property) => Json.GetProperty(property).GetString()!;
    }
}
