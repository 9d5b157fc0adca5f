using Microsoft.Extensions.DependencyInjection;
namespace Kodama.Pusher.Tests;

/// <summary>docs/specs/pusher.md, Subscriptions, and Apps, channels and rooms.</summary>
public sealed class SubscriptionTests
{
    [Theory]
    [InlineData("news", "{}")]
    [InlineData("private-x", "{}")]
    [InlineData("private-encrypted-x", "{}")]
    [InlineData("a_b-c=d@e,f.g;h", "{}")]
    public async Task S1_Subscription_IsAnswered(string channel, string data)
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();

        Assert.Equal(data, (await client.SubscribeAsync(channel)).Data);
        Assert.NotNull(server.Hub.FindRoom(channel));
    }

    [Fact]
    public async Task R2_Name_Takes200Characters()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SubscribeAsync(new string('x', 200));
        await client.AskAsync(new string('x', 201));
        await client.ExpectAsync("pusher:error");
    }

    [Fact]
    public async Task S1_Unsubscribe_HasNoAnswer_AndItIsQuiet()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("news");

        await client.SendAsync("""{"event":"pusher:unsubscribe","data":{"channel":"news"}}""");
        await client.ExpectNothingAsync();
        await server.TriggerAsync("news", "e", "{}");
        await client.ExpectNothingAsync();
        await client.SubscribeAsync("news");
    }

    [Fact]
    public async Task S2_SecondSubscription_IsAnError()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("news");

        await client.AskAsync("news");

        var error = await client.ExpectAsync("pusher:error");
        Assert.Equal("Existing subscription to channel news", error.DataJson.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("garden-key")]
    [InlineData("garden-key:")]
    [InlineData("garden-key:zz")]
    [InlineData("other-key:{0}")]
    [InlineData("{0}")]
    [InlineData("garden-key:{0}0")]
    [InlineData(":{0}")]
    public async Task S3_WrongAuth_IsToldTwice_AndTheConnectionStays(string form)
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var right = PusherServer.Hmac($"{client.SocketId}:private-x");
        var auth = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, right);

        await client.SendAsync($$$"""{"event":"pusher:subscribe","data":{"channel":"private-x","auth":"{{{auth}}}"}}""");

        await client.ExpectAsync("pusher:error");
        var error = await client.ExpectAsync("pusher:subscription_error", "private-x");
        Assert.Equal("AuthError", error.DataJson.GetProperty("type").GetString());
        Assert.Equal(401, error.DataJson.GetProperty("status").GetInt32());
        await client.SubscribeAsync("private-x");
    }

    [Fact]
    public async Task S3_SignatureOfAnotherConnection_OrChannel_DoesNotFit()
    {
        await using var server = await PusherServer.StartAsync();
        await using var other = await server.ConnectAsync();
        await using var client = await server.ConnectAsync();
        foreach (var signed in new[] { $"{other.SocketId}:private-x", $"{client.SocketId}:private-y", $"{client.SocketId}:private-x:{{}}" })
        {
            var auth = $"{PusherServer.Key}:{PusherServer.Hmac(signed)}";
            await client.SendAsync($$$"""{"event":"pusher:subscribe","data":{"channel":"private-x","auth":"{{{auth}}}"}}""");
            await client.ExpectAsync("pusher:error");
            await client.ExpectAsync("pusher:subscription_error", "private-x");
        }
    }

    [Fact]
    public async Task S3_ChannelData_IsSignedOnPrivateChannelsToo_AndNullIsNone()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("private-x", """{"any":"thing"}""");

        var auth = $"{PusherServer.Key}:{PusherServer.Hmac($"{client.SocketId}:private-y")}";
        await client.SendAsync(
            $$$"""{"event":"pusher:subscribe","data":{"channel":"private-y","auth":"{{{auth}}}","channel_data":null}}""");

        await client.ExpectAsync("pusher_internal:subscription_succeeded", "private-y");
    }

    [Fact]
    public async Task S3_RulesOfTheHub_HoldBesideTheSignature()
    {
        await using var server = await PusherServer.StartAsync(hub: options => options.Rules.Room("private-x", RoomRights.None));
        await using var client = await server.ConnectAsync();

        await client.AskAsync("private-x");

        await client.ExpectAsync("pusher:error");
        Assert.Equal(403, (await client.ExpectAsync("pusher:subscription_error")).DataJson.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task S3_MoreChannelsThanTheHubAllows_AreRefused()
    {
        await using var server = await PusherServer.StartAsync(hub: options => options.MaxRoomsPerPeer = 1);
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("a");

        await client.AskAsync("b");

        Assert.Equal(4004, (await client.ExpectAsync("pusher:error")).DataJson.GetProperty("code").GetInt32());
        Assert.Equal("LimitReached", (await client.ExpectAsync("pusher:subscription_error")).DataJson.GetProperty("type").GetString());
    }

    [Fact]
    public async Task S7_SubscriptionCount_IsToldWhenItChanges_ButNotOnPresence()
    {
        await using var server = await PusherServer.StartAsync(options => options.Apps[0].SubscriptionCounts = true);
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("news");
        Assert.Equal("""{"subscription_count":1}""", (await client.ExpectAsync("pusher_internal:subscription_count", "news")).Data);

        var second = await server.ConnectAsync();
        await second.SubscribeAsync("news");
        Assert.Equal("""{"subscription_count":2}""", (await second.ExpectAsync("pusher_internal:subscription_count", "news")).Data);
        Assert.Equal("""{"subscription_count":2}""", (await client.ExpectAsync("pusher_internal:subscription_count", "news")).Data);
        second.Abort();
        Assert.Equal("""{"subscription_count":1}""", (await client.ExpectAsync("pusher_internal:subscription_count", "news")).Data);

        await client.JoinAsync("presence-x", "1");
        // A peer of another door counts as well.
        await using var raw = await RawDoorClient.ConnectAsync(server.Url, "news");
        Assert.Equal("""{"subscription_count":2}""", (await client.ExpectAsync("pusher_internal:subscription_count", "news")).Data);
    }

    [Fact]
    public async Task R3_R4_Events_PassBetweenDoors()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("news");
        await using var raw = await RawDoorClient.ConnectAsync(server.Url, "news");
        var room = server.Hub.FindRoom("news")!;

        await raw.SayAsync("こんにちは \"quoted\" \u007f😀");
        Assert.Equal(("message", "こんにちは \"quoted\" \u007f😀"), Said(await client.ReadAsync()));
        await raw.SayAsync([1, 2, 3]);
        Assert.Equal(("message", """{"$binary":"AQID"}"""), Said(await client.ReadAsync()));
        room.Send("move", Payload.Arguments("[{\"x\": 1}]"u8.ToArray()));
        Assert.Equal(("move", """{"x": 1}"""), Said(await client.ReadAsync()));
        room.Send("move", Payload.Arguments("[1,[2]]"u8.ToArray()));
        Assert.Equal(("move", "[1,[2]]"), Said(await client.ReadAsync()));
        room.Send("move", Payload.Arguments("[]"u8.ToArray()));
        Assert.Equal(("move", "[]"), Said(await client.ReadAsync()));
        room.Send("move", "two words");
        Assert.Equal(("move", "two words"), Said(await client.ReadAsync()));
        while (await raw.ReadAsync() != """move:["two words"]""")
        {
        }

        await server.TriggerAsync("news", "move", """{"x": 1,"s":"é\n"}""");
        Assert.Equal("""move:[{"x": 1,"s":"é\n"}]""", await raw.ReadAsync());
        await server.TriggerAsync("news", "move", "plain text");
        Assert.Equal("""move:["plain text"]""", await raw.ReadAsync());
        await server.TriggerAsync("news", "message", """{"a":1}""");
        Assert.Equal("""{"a":1}""", await raw.ReadAsync());
        await server.TriggerAsync("news", "message", "hello");
        Assert.Equal("hello", await raw.ReadAsync());
    }

    [Fact]
    public async Task R5_ProtocolsOwnEvents_AreNotPassedOn()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("news");
        await using var raw = await RawDoorClient.ConnectAsync(server.Url, "news", "kodama.events=1");

        await raw.SayAsync("""{"event":"pusher:error","args":[{"code":4001}]}""");
        await raw.SayAsync("""{"event":"pusher_internal:member_added","args":["{}"]}""");
        server.Hub.Send("pusher:error", "to all");
        Assert.False(server.Hub.Peers.Single(peer => peer.Door == "pusher").Send("pusher:error", "to one"));
        await raw.SayAsync("""{"event":"pusher","args":[{"a":1}]}""");

        Assert.Equal(("pusher", "{\"a\":1}"), Said(await client.ReadAsync()));
    }

    [Fact]
    public async Task R1_AppsOfOneHub_ShareRooms_UnlessTheyHaveAPrefix()
    {
        await using var server = await PusherServer.StartAsync(options =>
        {
            options.Apps.Add(new PusherApp { Id = "2", Key = "two", Secret = "x", SubscriptionCounts = false });
            options.Apps.Add(new PusherApp { Id = "3", Key = "three", Secret = "x", Prefix = "shop/", SubscriptionCounts = false });
        });
        await using var one = await server.ConnectAsync();
        await using var two = await server.ConnectAsync("two");
        await using var three = await server.ConnectAsync("three");
        foreach (var client in new[] { one, two, three }) await client.SubscribeAsync("news");

        server.Hub.FindRoom("shop/news")!.Send("for three");
        await server.TriggerAsync("news", "message", "for one and two");

        Assert.Equal(("message", "for one and two"), Said(await one.ReadAsync()));
        Assert.Equal(("message", "for one and two"), Said(await two.ReadAsync()));
        Assert.Equal(("message", "for three"), Said(await three.ExpectAsync("message", "news")));
        await three.ExpectNothingAsync();
    }

    private static (string?, string?) Said(PusherEvent? read) => (read?.Event, read?.Data);

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public async Task S1_WhoReadsThatItIsPresent_IsHandedWhatComesNext(int kept)
    {
        await using var server = await PusherServer.StartAsync(hub: options => options.Log.Messages = kept);
        for (var i = 0; i < 100; i++)
        {
            await using var client = await server.ConnectAsync();
            await client.JoinAsync("presence-x", "a");

            server.Hub.FindRoom("presence-x")!.Send("next", "1");

            await client.ExpectAsync("next");
            client.Abort();
            await Deadline.UntilAsync(() => server.Hub.PeerCount == 0);
        }
    }

    [Fact]
    public async Task S1_MoreThanIsKept_SaidBeforeTheAnswer_ClosesTheConnection()
    {
        var filter = new Held();
        await using var server = await PusherServer.StartAsync(services: services => services.AddSingleton<IMessageFilter>(filter));
        await using var client = await server.ConnectAsync();
        filter.HoldNext();
        await client.AskAsync("presence-x", """{"user_id":"late"}""");
        await filter.Asked;
        var room = server.Hub.FindRoom("presence-x")!;
        for (var i = 0; i < 300; i++) room.Send("n", "x");
        filter.GoOn();

        while (await client.ReadAsync() is { } read) Assert.NotEqual("n", read.Event);

        Assert.Equal(4100, client.CloseCode);
    }

    [Fact]
    public async Task S8_WhoSubscribesOften_WaitsItsTurn_AndLosesNothing()
    {
        var clock = new FakeClock();
        await using var server = await PusherServer.StartAsync(
            options => options.MaxSubscriptions = 2, hub => hub.MaxRoomsPerPeer = 3, time: clock);
        await using var client = await server.ConnectAsync();
        foreach (var channel in new[] { "a", "b", "c" }) await client.SubscribeAsync(channel);
        var timers = clock.TimerCount;

        await client.SendAsync("""{"event":"pusher:unsubscribe","data":{"channel":"a"}}""");
        await client.AskAsync("d");
        await client.SendAsync("""{"event":"pusher:ping","data":{}}""");
        await Deadline.UntilAsync(() => clock.TimerCount == timers + 1);
        clock.Advance(TimeSpan.FromSeconds(0.49));
        Assert.Null(server.Hub.FindRoom("d"));
        clock.Advance(TimeSpan.FromSeconds(0.01));

        await client.ExpectAsync("pusher_internal:subscription_succeeded", "d");
        await client.ExpectAsync("pusher:pong");
        // After the silence it may subscribe at once again.
        clock.Advance(TimeSpan.FromSeconds(2));
        foreach (var channel in new[] { "b", "c", "d" })
            await client.SendAsync($$$"""{"event":"pusher:unsubscribe","data":{"channel":"{{{channel}}}"}}""");
        foreach (var channel in new[] { "e", "f", "g" }) await client.SubscribeAsync(channel);
    }
}
