using System.Net.WebSockets;
using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class RawParametersTests
{
    [Theory]
    [InlineData("kodama.rewind=2", "m2,m3")]
    [InlineData("Kodama.Rewind=2", "m2,m3")]
    [InlineData("kodama.rewind=50", "m1,m2,m3")]
    [InlineData("kodama.rewind=2147483647", "m1,m2,m3")]
    [InlineData("kodama.rewind=0", "")]
    [InlineData("rewind=2", "")]
    public async Task Rewind_OfSoMany_GivesTheseAndThenWhatHappens(string query, string expected)
    {
        await using var hub = await TestHub.StartAsync();
        await using var anchor = await hub.JoinAsync("/ws/tea");
        var room = anchor.Peer!.Room!;
        for (var i = 1; i <= 3; i++) room.Send($"m{i}");

        await using var peer = await hub.JoinAsync($"/ws/tea?name=Yui&{query}");
        room.Send("live");

        foreach (var text in expected.Split(',', StringSplitOptions.RemoveEmptyEntries)) Assert.Equal(text, await peer.ReceiveTextAsync());
        Assert.Equal("live", await peer.ReceiveTextAsync());
        Assert.Equal(query.StartsWith("rewind", StringComparison.Ordinal) ? 2 : 1, peer.Peer!.Details.Count);
    }

    [Fact]
    public async Task Rewind_WhileOthersPublish_LosesAndDoublesNothing()
    {
        const int Messages = 2000;
        const int Joiners = 8;
        await using var hub = await TestHub.StartAsync(o => o.Log.Messages = 2 * Messages);
        await using var anchor = await hub.JoinAsync("/ws/tea");
        var room = anchor.Peer!.Room!;
        room.Send("1");

        var publishing = Task.Run(async () =>
        {
            for (var i = 2; i <= Messages; i++)
            {
                room.Send($"{i}", except: null);
                if (i % 50 == 0) await Task.Yield();
            }
        });
        var joining = Enumerable.Range(0, Joiners).Select(_ => Task.Run(async () =>
        {
            await using var peer = await hub.ConnectAsync($"/ws/tea?kodama.rewind={Messages}");
            for (var i = 1; i <= Messages; i++) Assert.Equal($"{i}", await peer.ReceiveTextAsync());
        })).ToList();

        await Task.WhenAll([publishing, .. joining]).Within();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Peer_ThatSpeaksBeforeItIsLive_HearsItselfOnlyWhereTheRoomEchoes(bool echo)
    {
        await using var hub = await TestHub.StartAsync(o =>
        {
            o.Echo = echo;
            o.Log.Messages = 1000;
            o.Log.Bytes = 8 * 1024 * 1024;
        });
        await using var anchor = await hub.JoinAsync("/ws/tea");
        var room = anchor.Peer!.Room!;
        // More than it is sent at once: it stays behind until it reads.
        for (var i = 0; i < 500; i++) room.Send(new string('x', 10_000), except: null);
        await using var peer = await hub.ConnectAsync("/ws/tea?kodama.rewind=1000");
        await Deadline.UntilAsync(() => hub.Hub.PeerCount == 2);

        await peer.SendAsync("mine");
        await Deadline.UntilAsync(() => room.Offset == 501);
        room.Send("theirs");

        for (var i = 0; i < 500; i++) Assert.Equal(10_000, (await peer.ReceiveTextAsync()).Length);
        if (echo) Assert.Equal("mine", await peer.ReceiveTextAsync());
        Assert.Equal("theirs", await peer.ReceiveTextAsync());
    }

    [Theory]
    [InlineData("kodama.rewind=-1")]
    [InlineData("kodama.rewind=")]
    [InlineData("kodama.rewind=1e3")]
    [InlineData("kodama.rewind=99999999999")]
    [InlineData("kodama.events=yes")]
    [InlineData("kodama.other=1")]
    [InlineData("KODAMA.OTHER=1")]
    [InlineData("kodama.=1")]
    public async Task Parameter_WithThePrefixThatMeansNothing_IsRefused(string query)
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await hub.RawAsync();

        await client.SendTextAsync(client.UpgradeHead($"/ws?{query}"));

        var answer = (await client.ReadResponseAsync())!;
        Assert.Equal(400, answer.Status);
        Assert.Contains("\"code\":\"INVALID_PARAMETER\"", answer.Body, StringComparison.Ordinal);
        Assert.Equal(0, hub.Connections.Count);
    }

    [Fact]
    public async Task Events_OfAPeerThatAnnouncesThem_ReachOthersAsEvents()
    {
        await using var hub = await TestHub.StartAsync();
        await using var other = await hub.JoinAsync();
        await using var peer = await hub.JoinAsync("/ws?kodama.events=1");
        using var events = await SseReader.OpenAsync(hub.Client, "/api/rooms/lobby/events");

        await peer.SendAsync("""{"more":{"a":[1]},"args":[1,{"x":2}],"event":"move"}""");
        await peer.SendAsync("""{"event":"message","args":["hello \u5c71"]}""");
        await peer.SendAsync("""{"event":"message","args":["a","b"]}""");
        await peer.SendAsync(new byte[] { 1 });

        Assert.Equal("""{"event":"move","args":[1,{"x":2}]}""", await other.ReceiveTextAsync());
        Assert.Equal("hello 山", await other.ReceiveTextAsync());
        Assert.Equal("""{"event":"message","args":["a","b"]}""", await other.ReceiveTextAsync());
        Assert.Equal(WebSocketMessageType.Binary, (await other.ReceiveAsync()).Type);
        var move = await events.ReadAsync("message");
        Assert.Equal(("move", """[1,{"x":2}]"""), (move.Text("event"), move.Data.GetProperty("args").GetRawText()));
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"event":"move"}""")]
    [InlineData("""{"args":[]}""")]
    [InlineData("""{"event":"","args":[]}""")]
    [InlineData("""{"event":1,"args":[]}""")]
    [InlineData("""{"event":"move","args":{}}""")]
    [InlineData("""{"event":"move","args":[]}{}""")]
    [InlineData("""{"event":"move","args":[}""")]
    [InlineData("""{"event":"\ud800","args":[]}""")]
    [InlineData("""{"event":"message","args":["\udc00"]}""")]
    [InlineData("deep")]
    [InlineData("long")]
    public async Task Text_ThatIsNoEventWhereTheyWereAnnounced_EndsTheConnection(string text)
    {
        if (text == "deep") text = $$"""{"event":"move","args":{{new string('[', 100)}}{{new string(']', 100)}}}""";
        if (text == "long") text = $$"""{"event":"{{new string('m', 256)}}","args":[]}""";
        await using var hub = await TestHub.StartAsync();
        await using var other = await hub.JoinAsync();
        await using var peer = await hub.JoinAsync("/ws?kodama.events=1");

        await peer.SendAsync("""{"event":"first","args":[]}""");
        await peer.SendAsync(text);

        const string Text = """With kodama.events=1 a text frame is {"event":"name","args":[...]}; \ud800 to \udfff come in pairs.""";
        Assert.Equal((1003, Text), await peer.ReceiveCloseAsync());
        Assert.Equal("""{"event":"first","args":[]}""", await other.ReceiveTextAsync());
        Assert.Equal(1, hub.Hub.FindRoom("lobby")!.Offset);
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Text_ThatLooksLikeAnEvent_IsATextWithoutTheParameter()
    {
        const string Text = """{"event":"move","args":[1]}""";
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync();

        await peer.SendAsync(Text);
        await Deadline.UntilAsync(() => hub.Hub.FindRoom("lobby")!.Offset == 1);

        using var page = JsonDocument.Parse(await hub.Client.GetStringAsync("/api/rooms/lobby/messages").Within());
        Assert.Equal(Text, page.RootElement.GetProperty("messages")[0].GetProperty("text").GetString());
    }
}
