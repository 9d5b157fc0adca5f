using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Kodama.Server.Tests;

public sealed class SseTests
{
    private const string Path = "/api/rooms/tea/events";

    [Fact]
    public async Task Stream_WithAPeerOfAnotherDoor_TellsWhatItSays()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await hub.JoinAsync("/ws/tea?name=Yui");
        using var events = await SseReader.OpenAsync(hub.Client, Path + "?name=Screen");
        var room = yui.Peer!.Room!;

        await yui.SendAsync("山彦\nover two lines");
        var text = await events.ReadAsync("message");
        await yui.SendAsync(new byte[] { 1, 2, 3 });
        var binary = await events.ReadAsync("message");
        room.Send("tick", isTransient: true);
        var transient = await events.ReadAsync("message");

        Assert.Equal("text/event-stream", events.Response.Content.Headers.ContentType!.MediaType);
        Assert.Equal($"{room.Epoch}:00000000000000000001", text.Id);
        Assert.Equal(("message", "山彦\nover two lines"), (text.Text("event"), text.Text("text")));
        Assert.Equal(yui.Peer.Id, text.Data.GetProperty("from").GetProperty("id").GetString());
        Assert.Equal((await room.ReadAsync(0)).Entries[0].Time, text.Data.GetProperty("time").GetDateTimeOffset());
        Assert.Equal("AQID", binary.Data.GetProperty("binary").GetProperty("base64").GetString());
        // No place of its own: the stream stays where it was.
        Assert.Equal(("tick", binary.Id), (transient.Text("text"), transient.Id));
        Assert.False(transient.Data.TryGetProperty("from", out _));
    }

    [Fact]
    public async Task Reader_WhileItReads_IsAPeerOfTheRoom()
    {
        await using var hub = await TestHub.StartAsync();
        using (await SseReader.OpenAsync(hub.Client, Path + "?name=Screen&rewind=5"))
        {
            using var peers = JsonDocument.Parse(await hub.Client.GetStringAsync("/api/peers?room=tea").Within());
            var peer = Assert.Single(peers.RootElement.GetProperty("peers").EnumerateArray());
            Assert.Equal(
                ("sse", """{"name":"Screen"}"""), (peer.GetProperty("door").GetString(), peer.GetProperty("details").GetRawText()));
        }

        await hub.EmptiesAsync();
        Assert.Empty(hub.Log.Errors);
    }

    [Theory]
    [InlineData("?rewind=2", "m4,m5,m6")]
    [InlineData("?rewind=2147483647", "m1,m2,m3,m4,m5,m6")]
    [InlineData("?rewind=0", "m6")]
    [InlineData("?after={0}:3", "m4,m5,m6")]
    [InlineData("?after={0}:3&rewind=1", "m4,m5,m6")]
    [InlineData("", "m6")]
    public async Task Start_OfTheStream_SaysWhatComesFirst(string query, string expected)
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync("/ws/tea");
        var room = peer.Peer!.Room!;
        for (var i = 1; i <= 5; i++) room.Send($"m{i}");

        using var events = await SseReader.OpenAsync(hub.Client, Path + query.Replace("{0}", room.Epoch, StringComparison.Ordinal));
        room.Send("m6");

        foreach (var text in expected.Split(',')) Assert.Equal(text, (await events.ReadAsync())!.Text("text"));
    }

    [Fact]
    public async Task Readers_ThatComeBackWhileOthersPublish_GetEveryEntryOnceInOrder()
    {
        const int Publishers = 4;
        const int Messages = 150;
        await using var hub = await TestHub.StartAsync(o => o.Log.Messages = 1000);
        await using var anchor = await hub.JoinAsync("/ws/tea");
        var room = anchor.Peer!.Room!;
        var start = $"{room.Epoch}:0";

        var publishing = Enumerable.Range(0, Publishers).Select(publisher => Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++)
            {
                using var answer = await hub.Client.PostAsync("/api/rooms/tea/messages", new StringContent($"{publisher}/{i}")).Within();
                Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            }
        })).ToList();
        var reading = Enumerable.Range(1, 4).Select(reader => Task.Run(async () =>
        {
            var (got, position) = (new List<long>(), start);
            while (got.Count < Publishers * Messages)
            {
                using var events = await SseReader.OpenAsync(hub.Client, Path, position);
                // Some of what is on its way when it goes is lost with the connection, and asked for again.
                for (var i = 0; i < 20 * reader && got.Count < Publishers * Messages; i++)
                {
                    var happened = (await events.ReadAsync())!;
                    Assert.Equal("message", happened.Name);
                    got.Add(happened.Position.Offset);
                }
                position = events.LastEventId;
            }
            return got;
        })).ToList();
        await Task.WhenAll(publishing).Within();

        foreach (var got in await Task.WhenAll(reading).Within())
            Assert.Equal(Enumerable.Range(1, Publishers * Messages).Select(i => (long)i), got);
        Assert.Empty(hub.Log.Errors);
    }

    [Theory]
    [InlineData("other:3")]
    [InlineData("{0}:1")]
    [InlineData("{0}:9")]
    public async Task Position_BehindWhichEntriesAreGone_IsToldAGap(string position)
    {
        await using var hub = await TestHub.StartAsync(o => o.Log.Messages = 2);
        await using var peer = await hub.JoinAsync("/ws/tea");
        var room = peer.Peer!.Room!;
        for (var i = 1; i <= 5; i++) room.Send($"m{i}");

        using var events = await SseReader.OpenAsync(hub.Client, Path, position.Replace("{0}", room.Epoch, StringComparison.Ordinal));

        var gap = (await events.ReadAsync())!;
        Assert.Equal(("gap", $"{room.Epoch}:3"), (gap.Name, gap.Text("position")));
        Assert.Equal(3, gap.Position.Offset);
        Assert.Equal("m4", (await events.ReadAsync())!.Text("text"));
    }

    [Fact]
    public async Task Reader_ThatIsSlow_ReadsLaterWhatIsKept()
    {
        const int Messages = 3000;
        await using var hub = await TestHub.StartAsync(o => (o.Log.Messages, o.Log.Bytes) = (2 * Messages, 32 * 1024 * 1024), Patient);
        using var client = SlowClient(hub);
        using var events = await SseReader.OpenAsync(client, Path);
        var peer = hub.Hub.Peers.Single();
        var room = peer.Room!;

        for (var i = 1; i <= Messages; i++) room.Send($"{i} {new string('x', 4000)}");

        Assert.False(peer.Find(room)!.IsLive);
        for (var i = 1; i <= Messages; i++)
        {
            var happened = (await events.ReadAsync())!;
            Assert.Equal(("message", i), (happened.Name, (int)happened.Position.Offset));
            Assert.StartsWith($"{i} ", happened.Text("text"), StringComparison.Ordinal);
        }
        await Deadline.UntilAsync(() => peer.Find(room)!.IsLive);
        room.Send("live again");
        Assert.Equal("live again", (await events.ReadAsync())!.Text("text"));
    }

    [Fact]
    public async Task Reader_WhomRetentionOvertakes_IsToldAGapAndGoesOn()
    {
        const int Messages = 3000;
        await using var hub = await TestHub.StartAsync(configure: Patient);
        using var client = SlowClient(hub);
        using var events = await SseReader.OpenAsync(client, Path);
        var peer = hub.Hub.Peers.Single();
        for (var i = 1; i <= Messages; i++) peer.Room!.Send($"{i} {new string('x', 4000)}");

        var (last, gaps) = (0L, 0);
        while (last < Messages)
        {
            var happened = (await events.ReadAsync())!;
            if (happened.Name == "gap")
            {
                gaps++;
                Assert.True(happened.Position.Offset > last);
            }
            else
            {
                Assert.Equal(last + 1, happened.Position.Offset);
            }
            last = happened.Position.Offset;
        }

        Assert.InRange(gaps, 1, int.MaxValue);
        Assert.True(peer.IsConnected);
    }

    [Fact]
    public async Task Stream_WithPresenceAndState_BeginsWithASnapshotAndGoesOn()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await hub.JoinAsync("/ws/tea?name=Yui");
        var room = yui.Peer!.Room!;
        room.Members.Enter(yui.Peer, """{"mood":"good"}""");
        room.State.Set("topic", "cups");
        using var events = await SseReader.OpenAsync(hub.Client, Path + "?presence=1&state=1");

        var snapshot = (await events.ReadAsync())!;
        room.Members.Enter(yui.Peer, """{"mood":"better"}""");
        var updated = (await events.ReadAsync())!;
        room.State.Remove("topic");
        var removed = (await events.ReadAsync())!;
        await yui.CloseAsync();
        var left = (await events.ReadAsync())!;

        Assert.Equal(("snapshot", $"{room.Epoch}:2"), (snapshot.Name, snapshot.Text("position")));
        var member = Assert.Single(snapshot.Data.GetProperty("members").EnumerateArray());
        Assert.Equal(
            (yui.Peer.Id, "good"), (member.GetProperty("id").GetString(), member.GetProperty("data").GetProperty("mood").GetString()));
        Assert.Equal("cups", Assert.Single(snapshot.Data.GetProperty("state").EnumerateArray()).GetProperty("text").GetString());
        Assert.Equal(("presence", "update", 3), (updated.Name, updated.Text("action"), (int)updated.Position.Offset));
        Assert.Equal("better", updated.Data.GetProperty("data").GetProperty("mood").GetString());
        Assert.Equal(("state", "topic", 4), (removed.Name, removed.Text("key"), (int)removed.Position.Offset));
        Assert.Equal(("presence", "leave", "Yui"), (
            left.Name, left.Text("action"), left.Data.GetProperty("details").GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Stream_WithoutThem_TellsNothingOfPresenceAndState()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await hub.JoinAsync("/ws/tea");
        var room = yui.Peer!.Room!;
        using var events = await SseReader.OpenAsync(hub.Client, Path);

        room.Members.Enter(yui.Peer, "1");
        room.State.Set("topic", "cups");
        room.Send("hello");

        var first = (await events.ReadAsync())!;
        Assert.Equal(("message", 3), (first.Name, (int)first.Position.Offset));
    }

    [Theory]
    [InlineData("?rewind=-1", null, "INVALID_PARAMETER")]
    [InlineData("?rewind=many", null, "INVALID_PARAMETER")]
    [InlineData("?presence=yes", null, "INVALID_PARAMETER")]
    [InlineData("?state=2", null, "INVALID_PARAMETER")]
    [InlineData("?after=3", null, "INVALID_POSITION")]
    [InlineData("", "garbage", "INVALID_POSITION")]
    [InlineData("?kodama.rewind=1", null, "INVALID_PARAMETER")]
    public async Task Question_ThatMakesNoSense_IsRefused(string query, string? lastEventId, string code)
    {
        await using var hub = await TestHub.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Path + query);
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);

        using var answer = await hub.Client.SendAsync(request).Within();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains($"\"code\":\"{code}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, hub.Hub.PeerCount);
    }

    [Fact]
    public async Task Rewind_ByItsNameAtTheRawDoor_IsToldItsNameHere()
    {
        await using var hub = await TestHub.StartAsync();

        using var answer = await hub.Client.GetAsync(Path + "?kodama.rewind=1").Within();

        Assert.Contains("it is rewind here, without kodama.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reader_WhomAValidatorRefuses_GetsItsReason()
    {
        await using var hub = await TestHub.StartAsync(o => o.Rules.RequireDetail("name"));

        using var answer = await hub.Client.GetAsync(Path).Within();

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("\"code\":\"REFUSED\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await hub.EmptiesAsync();
    }

    [Fact]
    public async Task Reader_ThatIsDisconnected_GetsWhatItIsOwedAndTheReason()
    {
        await using var hub = await TestHub.StartAsync();
        using var events = await SseReader.OpenAsync(hub.Client, Path);
        var peer = hub.Hub.Peers.Single();

        peer.Room!.Send("last words");
        peer.Disconnect(4321, "enough");

        Assert.Equal("last words", (await events.ReadAsync())!.Text("text"));
        var close = (await events.ReadAsync())!;
        Assert.Equal(("close", """{"code":4321,"text":"enough"}"""), (close.Name, close.Data.GetRawText()));
        Assert.Null(await events.ReadAsync());
    }

    [Fact]
    public async Task Stop_WithAReader_EndsItsStream()
    {
        await using var hub = await TestHub.StartAsync();
        using var events = await SseReader.OpenAsync(hub.Client, Path);

        await hub.StopAsync();

        Assert.Equal(1001, (await events.ReadAsync("close")).Data.GetProperty("code").GetInt32());
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Stop_WithAReaderThatTakesNothing_CutsItOff()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(configure: Patient, clock: clock);
        using var client = SlowClient(hub);
        using var events = await SseReader.OpenAsync(client, Path);
        var peer = hub.Hub.Peers.Single();
        for (var i = 1; i <= 3000; i++) peer.Room!.Send($"{i} {new string('x', 4000)}");

        peer.Disconnect();
        clock.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (await events.ReadAsync() is { } happened) Assert.NotEqual("close", happened.Name);
        });
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Stream_WithNothingToTell_GetsAComment()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(clock: clock);
        using var response = await hub.Client.GetAsync(Path, HttpCompletionOption.ResponseHeadersRead).Within();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal($"id: {hub.Hub.FindRoom("tea")!.Epoch}:00000000000000000000", await reader.ReadLineAsync().Within());
        Assert.Equal("", await reader.ReadLineAsync().Within());

        var comment = reader.ReadLineAsync();
        await Deadline.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return comment.IsCompleted;
        });

        Assert.Equal(":", await comment);
    }

    [Fact]
    public async Task Reader_LeftOutOfTheLastEntries_IsToldHowFarItIs()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(clock: clock);
        await using var yui = await hub.JoinAsync("/ws/tea");
        using var events = await SseReader.OpenAsync(hub.Client, Path);
        var room = yui.Peer!.Room!;
        // No reader of changes: told of none.
        room.Members.Enter(yui.Peer, "1");

        for (var i = 0; i < 5; i++) clock.Advance(TimeSpan.FromSeconds(1));
        room.Send("tick", isTransient: true);

        Assert.Equal(("tick", $"{room.Epoch}:00000000000000000001"), ((await events.ReadAsync())!.Text("text"), events.LastEventId));
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Head_OfAStream_MakesNoPeer()
    {
        await using var hub = await TestHub.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, Path);

        using var answer = await hub.Client.SendAsync(request).Within();

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal((0, 0), (hub.Hub.PeerCount, hub.Hub.Rooms.Count));
    }

    // Whoever reads slowly is not to be cut off by Kestrel meanwhile, however slow this machine is.
    private static void Patient(WebApplicationBuilder builder) =>
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MinResponseDataRate = null);

    private static HttpClient SlowClient(TestHub hub)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return new HttpClient(handler) { BaseAddress = hub.Http, Timeout = Deadline.Default };
    }
}
