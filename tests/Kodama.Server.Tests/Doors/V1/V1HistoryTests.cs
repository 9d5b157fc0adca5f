using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class V1HistoryTests
{
    [Fact]
    public async Task History_PageByPageBackwards_IsAllOfIt()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await PublishAsync(hub, 120);
        var read = new List<string?>();

        for (object request = new { type = "history", room = "lounge", limit = 55 }; ;)
        {
            var page = await yui.DoAsync(request);
            read.InsertRange(0, Texts(page));
            if (!page.TryGetProperty("more", out _)) break;
            request = new { type = "history", room = "lounge", limit = 55, before = page.GetProperty("position").GetString() };
        }

        Assert.Equal(Enumerable.Range(1, 120).Select(i => $"m{i}"), read);
    }

    [Fact]
    public async Task History_PageByPageForwards_IsAllOfIt()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await PublishAsync(hub, 120);
        await yui.DoAsync(new { type = "set", room = "lounge", key = "k", text = "between" });
        await yui.DoAsync(new { type = "publish", room = "lounge", text = "m121" });
        var read = new List<string?>();
        var position = $"{hub.Hub.FindRoom("lounge")!.Epoch}:0";

        for (var more = true; more;)
        {
            var page = await yui.DoAsync(new { type = "history", room = "lounge", limit = 55, after = position });
            read.AddRange(Texts(page));
            position = page.GetProperty("position").GetString();
            more = page.TryGetProperty("more", out _);
        }

        Assert.Equal(Enumerable.Range(1, 121).Select(i => $"m{i}"), read);
        Assert.EndsWith(":122", position, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_BehindManyMessagesWithAnAudience_GoesOn()
    {
        await using var hub = await TestHub.StartAsync(o => o.Log.Messages = 10_000);
        await using var yui = await V1Client.JoinAsync(hub);
        var room = hub.Hub.FindRoom("lounge")!;
        room.Send("first");
        for (var i = 0; i < 1500; i++) room.Send("for some", except: room.Peers);
        var (read, pages) = (new List<string?>(), 1);

        var page = await yui.DoAsync(new { type = "history", room = "lounge", limit = 1000 });
        for (; page.TryGetProperty("more", out _); pages++)
        {
            read.InsertRange(0, Texts(page));
            var position = page.GetProperty("position").GetString();
            page = await yui.DoAsync(new { type = "history", room = "lounge", limit = 1000, before = position });
        }
        read.InsertRange(0, Texts(page));

        Assert.Equal("first", Assert.Single(read));
        Assert.Equal(2, pages);
        Assert.False(page.TryGetProperty("gap", out _));
    }

    [Fact]
    public async Task History_OfLargeMessages_EndsItsPagesEarly()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);
        for (var i = 0; i < 5; i++) await yui.DoAsync(new { type = "publish", room = "lounge", binary = true }, new byte[150_000]);

        var page = await yui.DoAsync(
            new { type = "history", room = "lounge", limit = 100, after = $"{hub.Hub.FindRoom("lounge")!.Epoch}:0" });

        Assert.Equal(1, page.GetProperty("messages").GetArrayLength());
        Assert.True(page.GetProperty("more").GetBoolean());
        Assert.Equal(new byte[150_000], page.GetProperty("messages")[0].GetProperty("base64").GetBytesFromBase64());
    }

    [Theory]
    [InlineData("\"after\":\"EPOCH:0\"", "3 4", true)]
    [InlineData("\"after\":\"EPOCH:99\"", "3 4", true)]
    [InlineData("\"after\":\"AAAAAAAAAAAA:3\"", "3 4", true)]
    [InlineData("\"after\":\"EPOCH:3\"", "4", false)]
    [InlineData("\"before\":\"EPOCH:4\"", "3", true)]
    [InlineData("\"before\":\"AAAAAAAAAAAA:4\"", "", true)]
    [InlineData("\"limit\":1", "4", false)]
    public async Task History_OverWhatIsGone_TellsAGap(string range, string offsets, bool isGap)
    {
        await using var hub = await TestHub.StartAsync(o => o.Log.Messages = 2);
        await using var yui = await PublishAsync(hub, 4);
        var known = range.Replace("EPOCH", hub.Hub.FindRoom("lounge")!.Epoch, StringComparison.Ordinal);
        var request = $$"""{"type":"history","room":"lounge",{{known}}}""";

        var page = await yui.DoAsync(JsonDocument.Parse(request).RootElement);

        Assert.Equal(
            offsets, string.Join(' ', page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("offset"))));
        Assert.Equal(isGap, page.TryGetProperty("gap", out _));
    }

    private static async Task<V1Client> PublishAsync(TestHub hub, int count)
    {
        var client = await V1Client.JoinAsync(hub);
        for (var i = 1; i <= count; i++) await client.SendAsync(new { type = "publish", room = "lounge", text = $"m{i}" });
        return client;
    }

    private static IEnumerable<string?> Texts(JsonElement page) =>
        page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("text").GetString());
}
