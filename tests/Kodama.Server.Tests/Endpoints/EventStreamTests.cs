using System.Net;
using System.Text.Json;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server.Tests;

public sealed class EventStreamTests
{
    [Fact]
    public async Task Stream_OfARoom_BeginsWithTheRoomAndTellsOnlyOfIt()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await hub.JoinAsync("/ws/tea?name=Yui");
        await using var other = await hub.JoinAsync("/ws/other");
        yui.Peer!.Room!.Send("before");
        using var events = await SseReader.OpenAsync(hub.Client, "/api/events?room=tea");

        var snapshot = (await events.ReadAsync("snapshot")).Data;
        await other.SendAsync("elsewhere");
        await yui.SendAsync("hello");
        var message = await events.ReadAsync("message");
        await yui.CloseAsync(3333, "bye");
        var leave = await events.ReadAsync("leave");

        Assert.Equal("text/event-stream", events.Response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("tea", snapshot.GetProperty("room").GetProperty("name").GetString());
        Assert.Equal(1, snapshot.GetProperty("room").GetProperty("offset").GetInt64());
        Assert.Equal(yui.Peer.Id, Assert.Single(snapshot.GetProperty("peers").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal("hello", message.Text("text"));
        Assert.Equal(2, message.Data.GetProperty("offset").GetInt64());
        Assert.Equal("Yui", message.Data.GetProperty("from").GetProperty("details").GetProperty("name").GetString());
        Assert.Equal(yui.Peer.Id, leave.Data.GetProperty("peer").GetProperty("id").GetString());
        Assert.Equal("""{"code":3333,"text":"bye"}""", leave.Data.GetProperty("reason").GetRawText());
    }

    [Fact]
    public async Task Stream_OfAnEmptyRoom_HasNoRoomAtFirst()
    {
        await using var hub = await TestHub.StartAsync();
        using var events = await SseReader.OpenAsync(hub.Client, "/api/events?room=tea");

        var snapshot = (await events.ReadAsync("snapshot")).Data;
        await using var yui = await hub.JoinAsync("/ws/tea");

        Assert.False(snapshot.TryGetProperty("room", out var room) && room.ValueKind != JsonValueKind.Null);
        Assert.Equal(yui.Peer!.Id, (await events.ReadAsync("join")).Data.GetProperty("peer").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Stream_OfTheHub_TellsItsOwnMessagesAndStats()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync();
        using var events = await SseReader.OpenAsync(hub.Client, "/api/events");
        await events.ReadAsync("snapshot");

        peer.Peer!.Send("to one alone");
        hub.Hub.Send("to all");
        var message = await events.ReadAsync("message");
        await peer.SendAsync(new byte[] { 1, 2, 3 });
        var binary = await events.ReadAsync("message");
        SseEvent stats;
        do
        {
            stats = await events.ReadAsync("stats");
        }
        while (stats.Data.GetProperty("messagesIn").GetInt64() < 2);

        Assert.Equal("to all", message.Text("text"));
        Assert.False(message.Data.TryGetProperty("from", out _));
        Assert.Equal("""{"base64":"AQID","length":3}""", binary.Data.GetProperty("binary").GetRawText());
        Assert.Equal(1, stats.Data.GetProperty("peers").GetInt32());
        Assert.Equal(1, stats.Data.GetProperty("rooms").GetInt32());
        Assert.Equal(3, stats.Data.GetProperty("bytesIn").GetInt64());
    }

    [Theory]
    [InlineData('x', 16384, 16384, false)]
    [InlineData('x', 16385, 16384, true)]
    [InlineData('山', 4000, 4000, false)]
    [InlineData('山', 8000, 5461, true)]
    public async Task Message_OverSixteenKilobytes_IsCutAtACharacter(char character, int count, int told, bool isCut)
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync();
        using var events = await SseReader.OpenAsync(hub.Client, "/api/events");
        await events.ReadAsync("snapshot");

        await peer.SendAsync(new string(character, count));
        var message = await events.ReadAsync("message");

        Assert.Equal(new string(character, told), message.Text("text"));
        Assert.Equal(isCut, message.Data.TryGetProperty("cut", out _));
        var whole = System.Text.Encoding.UTF8.GetByteCount(new string(character, count));
        if (isCut) Assert.Equal(whole, message.Data.GetProperty("length").GetInt32());
    }

    [Fact]
    public async Task Arguments_OnSeveralLines_StayOneEvent()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync();
        using var events = await SseReader.OpenAsync(hub.Client, "/api/events");
        await events.ReadAsync("snapshot");

        using var published = await hub.Client.PostAsync(
            "/api/rooms/lobby/messages?event=move", new StringContent("[1,\r\n\n{\"x\":\n1.50}\r]")).Within();

        Assert.Equal("""[1,{"x":1.50}]""", (await events.ReadAsync("message")).Data.GetProperty("args").GetRawText());
    }

    [Fact]
    public async Task Text_InAnyScript_StandsForItself()
    {
        const string Text = "木霊 <b>&'+\u00e9 \"quoted\" \n line";
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync("/ws?name=" + Uri.EscapeDataString("木霊"));
        using var events = await SseReader.OpenAsync(hub.Client, "/api/events");
        await events.ReadAsync("snapshot");

        peer.Peer!.Room!.Send(Text, except: [peer.Peer]);
        var message = (await events.ReadAsync("message")).Data;

        Assert.Equal(Text, message.GetProperty("text").GetString());
        Assert.Equal("\"木霊 <b>&'+é \\\"quoted\\\" \\n line\"", message.GetProperty("text").GetRawText());
        Assert.Contains("\"木霊\"", await hub.Client.GetStringAsync("/api/peers").Within(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BinaryMessage_OverSixteenKilobytes_TellsItsWholeLength()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync();
        using var events = await SseReader.OpenAsync(hub.Client, "/api/events");
        await events.ReadAsync("snapshot");

        await peer.SendAsync(new byte[20_000]);
        var message = (await events.ReadAsync("message")).Data;

        Assert.Equal(16_384, message.GetProperty("binary").GetProperty("base64").GetBytesFromBase64().Length);
        Assert.Equal(20_000, message.GetProperty("binary").GetProperty("length").GetInt32());
        Assert.True(message.GetProperty("cut").GetBoolean());
    }

    [Fact]
    public async Task Stream_ThatIsNotReadAmongMany_LosesWhatIsBeyondItsShare()
    {
        const int many = 64;
        await using var hub = await TestHub.StartAsync();
        var streams = new List<SseReader>();
        for (var i = 0; i < many; i++) streams.Add(await SseReader.OpenAsync(hub.Client, $"/api/events?room=r{i}"));
        var publisher = new PeerDescription { Door = "test", Encoder = new V1Encoder() };

        // Fewer than a stream may leave unread, but more than a 64th of 64 MiB, and than the sockets' buffers hold.
        for (var i = 0; i < 1000; i++)
            await hub.Hub.PublishAsync(publisher, "r0", Payload.Of(new byte[16 * 1024]), Message.DefaultEvent);

        Assert.InRange((await streams[0].ReadAsync("missed").Within()).Data.GetProperty("count").GetInt32(), 100, 950);
        streams.ForEach(static stream => stream.Dispose());
    }

    [Fact]
    public async Task Streams_OfOneAddress_LeaveTheRestToOthers()
    {
        await using var hub = await TestHub.StartAppAsync(
            builder => builder.Services.AddKodama(o =>
            {
                (o.MaxEventStreams, o.Advertise) = (8, false);
                o.AllowedHosts.Add("*");
            }),
            app =>
            {
                app.Use((context, next) =>
                {
                    context.Connection.RemoteIpAddress = System.Net.IPAddress.Parse(context.Request.Query["from"].ToString());
                    return next(context);
                });
                app.MapKodama();
            });
        using var first = await SseReader.OpenAsync(hub.Client, "/api/events?from=192.168.1.10");
        using var second = await SseReader.OpenAsync(hub.Client, "/api/events?from=192.168.1.10");

        using var refused = await hub.Client.GetAsync("/api/events?from=192.168.1.10").Within();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("MaxEventStreamsPerAddress", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var other = await SseReader.OpenAsync(hub.Client, "/api/events?from=192.168.1.11");
    }

    [Fact]
    public async Task Streams_OneTooMany_IsRefusedUntilOneEnds()
    {
        await using var hub = await TestHub.StartAsync(o => o.MaxEventStreams = 2);
        var first = await SseReader.OpenAsync(hub.Client, "/api/events");
        using var second = await SseReader.OpenAsync(hub.Client, "/api/events?room=tea");

        using var refused = await hub.Client.GetAsync("/api/events").Within();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(
            """{"error":{"code":"TOO_MANY_STREAMS","message":"This hub allows 2 event streams at once, and all are open: """
            + """close one, or raise MaxEventStreams.","statusCode":503}}""",
            await refused.Content.ReadAsStringAsync());

        first.Dispose();
        await Deadline.UntilAsync(() => hub.Hub.Watchers.Count == 1);
        HttpResponseMessage? third = null;
        for (var end = DateTime.UtcNow + Deadline.Default; third is not { IsSuccessStatusCode: true } && DateTime.UtcNow < end;)
        {
            third?.Dispose();
            third = await hub.Client.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead).Within();
        }
        using (third) Assert.Equal(HttpStatusCode.OK, third!.StatusCode);
    }

    [Fact]
    public async Task Head_OfTheStream_IsAnsweredAndEnds()
    {
        await using var hub = await TestHub.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, "/api/events");

        using var answer = await hub.Client.SendAsync(request).Within();

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(0, hub.Hub.Watchers.Count);
    }

    [Theory]
    [InlineData("/api/events")]
    [InlineData("/api/events?room=lobby")]
    public async Task Stream_OpenedWhilePeersRace_LosesAndDoublesNothing(string path)
    {
        const int Peers = 20;
        const int Readers = 8;
        await using var hub = await TestHub.StartAsync();
        await using var anchor = await hub.JoinAsync();
        using var stop = new CancellationTokenSource();
        var racing = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Peers && !stop.IsCancellationRequested; i++)
            {
                await using var client = await hub.ConnectAsync();
                await client.SendAsync("x");
                await client.CloseAsync();
            }
        })).ToList();

        var readers = Enumerable.Range(0, Readers).Select(_ => Task.Run(async () =>
        {
            using var events = await SseReader.OpenAsync(hub.Client, path);
            var snapshot = (await events.ReadAsync("snapshot")).Data;
            var present = new HashSet<string>();
            foreach (var peer in snapshot.GetProperty("peers").EnumerateArray())
            {
                if (peer.GetProperty("rooms").EnumerateArray().Any(r => r.GetString() == "lobby"))
                    present.Add(peer.GetProperty("id").GetString()!);
            }
            var offset = snapshot.GetProperty("rooms").EnumerateArray().Single().GetProperty("offset").GetInt64();
            while (await events.ReadAsync() is { } happened)
            {
                if (happened.Name is "join") Assert.True(present.Add(IdOf(happened)), "joined twice");
                if (happened.Name is "leave") Assert.True(present.Remove(IdOf(happened)), "left without having joined");
                Assert.NotEqual("missed", happened.Name);
                if (happened.Name is not "message") continue;
                Assert.Equal(++offset, happened.Data.GetProperty("offset").GetInt64());
                if (happened.Data.TryGetProperty("text", out var text) && text.GetString() == "end") break;
            }
            return present;
        })).ToList();
        await Task.WhenAll(racing).Within();
        await Deadline.UntilAsync(() => hub.Hub.PeerCount == 1);
        await Deadline.UntilAsync(() => hub.Hub.Watchers.Count == Readers);
        anchor.Peer!.Room!.Send("end");

        foreach (var present in await Task.WhenAll(readers).Within()) Assert.Equal([anchor.Peer.Id], present);

        static string IdOf(SseEvent happened) => happened.Data.GetProperty("peer").GetProperty("id").GetString()!;
    }

    [Fact]
    public async Task Reader_ThatWasTooSlow_IsToldHowMuchItMissed()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync();
        await using var reader = await hub.RawAsync(receiveBuffer: 4096);
        await reader.SendTextAsync($"GET /api/events HTTP/1.1\r\nHost: {reader.Authority}\r\n\r\n");
        await reader.ReadHeadAsync();
        await Deadline.UntilAsync(() => hub.Hub.Watchers.Count == 1);
        var text = new string('x', 4000);

        // More than the sockets' buffers and the watcher's queue hold.
        var room = peer.Peer!.Room!;
        for (var i = 0; i < 6000; i++) room.Send(text, except: [peer.Peer]);

        string line;
        do
        {
            line = await reader.ReadLineAsync();
        }
        while (line != "event: missed");
        Assert.Matches("""^data: \{"count":[1-9]\d*\}$""", await reader.ReadLineAsync());
    }

    [Fact]
    public async Task Readers_ThatLeave_LeaveNothing()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync();
        for (var i = 0; i < 20; i++)
        {
            using var events = await SseReader.OpenAsync(hub.Client, "/api/events");
            await events.ReadAsync("snapshot");
            if (i % 2 == 0) peer.Peer!.Room!.Send("x");
        }

        await Deadline.UntilAsync(() => hub.Hub.Watchers.Count == 0);
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Stop_WithAReader_EndsItsStream()
    {
        await using var hub = await TestHub.StartAsync();
        using var events = await SseReader.OpenAsync(hub.Client, "/api/events");
        await events.ReadAsync("snapshot");

        await hub.StopAsync();

        while (await events.ReadAsync() is not null)
        {
        }
        Assert.Empty(hub.Log.Errors);
    }
}
