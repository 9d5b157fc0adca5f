using System.Text.Json;

namespace Kodama.Pusher.Tests;

/// <summary>docs/specs/pusher.md, Presence.</summary>
public sealed class PresenceTests
{
    private const string Channel = "presence-tea";

    [Fact]
    public async Task P1_P3_List_HasIdsAsTheyCame_AndNullForMissingInfo()
    {
        await using var server = await PusherServer.StartAsync();
        await using var one = await server.ConnectAsync();
        await using var two = await server.ConnectAsync();

        var alone = await one.SubscribeAsync(Channel, """{"user_id":7}""");
        var both = await two.SubscribeAsync(Channel, """{"user_id":"b","user_info":{"name":"Yui <é>"}}""");

        Assert.Equal("""{"presence":{"count":1,"ids":[7],"hash":{"7":null}}}""", alone.Data);
        Assert.Equal("""{"presence":{"count":2,"ids":[7,"b"],"hash":{"7":null,"b":{"name":"Yui <é>"}}}}""", both.Data);
        Assert.Equal(
            """{"user_id":"b","user_info":{"name":"Yui <é>"}}""",
            (await one.ExpectAsync("pusher_internal:member_added", Channel)).Data);
    }

    [Fact]
    public async Task P4_UserOnThreeConnections_ComesAndGoesOnce()
    {
        await using var server = await PusherServer.StartAsync();
        await using var witness = await server.ConnectAsync();
        await witness.JoinAsync(Channel, "w");
        var first = await server.ConnectAsync();
        var second = await server.ConnectAsync();
        await using var third = await server.ConnectAsync();

        await first.JoinAsync(Channel, "u");
        await second.JoinAsync(Channel, "u");
        Assert.Equal(2, CountOf(await third.JoinAsync(Channel, "u")));
        await first.DisposeAsync();
        second.Abort();
        await Deadline.UntilAsync(() => server.Hub.FindRoom(Channel)!.Members.Count == 2);
        await third.SendAsync($$$"""{"event":"pusher:unsubscribe","data":{"channel":"{{{Channel}}}"}}""");
        await third.ExpectNothingAsync();

        Assert.Equal("""{"user_id":"u","user_info":null}""", (await witness.ExpectAsync("pusher_internal:member_added")).Data);
        Assert.Equal("""{"user_id":"u"}""", (await witness.ExpectAsync("pusher_internal:member_removed")).Data);
        await witness.ExpectNothingAsync();
    }

    [Fact]
    public async Task P1_IdsOfAnyType_AreComparedAsTexts()
    {
        await using var server = await PusherServer.StartAsync();
        await using var number = await server.ConnectAsync();
        await using var text = await server.ConnectAsync();
        await number.SubscribeAsync(Channel, """{"user_id":1}""");

        Assert.Equal(1, CountOf(await text.SubscribeAsync(Channel, """{"user_id":"1"}""")));
        await number.ExpectNothingAsync();
    }

    [Fact]
    public async Task P3_P4_RacingJoins_ListAndChanges_AreTheWholeTruthForEach()
    {
        const int Users = 12;
        const int Rounds = 6;
        await using var server = await PusherServer.StartAsync();
        var watchers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => server.ConnectAsync()));
        var coming = Enumerable.Range(0, Users).Select(i => Task.Run(async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                // Three users on four connections each.
                await using var client = await server.ConnectAsync();
                await client.JoinAsync(Channel, $"u{i % 3}");
            }
        })).ToArray();

        var following = Task.WhenAll(watchers.Select((watcher, i) => Task.Run(() => FollowAsync(watcher, $"w{i}"))));
        await Task.WhenAll(coming).Within();
        await Deadline.UntilAsync(() => server.Hub.FindRoom(Channel) is { PeerCount: 4, Members.Count: 4 });
        // Whoever has gone was told of by the pool: what waits there is applied by the next who comes, and goes before the end.
        await using (var last = await server.ConnectAsync()) await last.JoinAsync(Channel, "w0");
        await server.TriggerAsync(Channel, "client-end", "{}");
        var seen = await following.Within();

        Assert.All(seen, users => Assert.Equal(["w0", "w1", "w2", "w3"], users.Order()));

        async Task<HashSet<string>> FollowAsync(PusherClient watcher, string name)
        {
            var list = await watcher.JoinAsync(Channel, name);
            var users = list.DataJson.GetProperty("presence").GetProperty("ids").EnumerateArray().Select(id => id.GetString()!).ToHashSet();
            Assert.Contains(name, users);
            while (true)
            {
                var read = (await watcher.ReadAsync())!;
                if (read.Event == "client-end") return users;
                var id = read.DataJson.GetProperty("user_id").GetString()!;
                if (read.Event == "pusher_internal:member_added") Assert.True(users.Add(id), $"{id} was added twice.");
                else Assert.True(users.Remove(id), $"{id} was removed and not there.");
            }
        }

    }

    [Fact]
    public async Task P5_MoreUsersThanAllowed_AreRefused_AndKnownOnesAreNot()
    {
        await using var server = await PusherServer.StartAsync(options => options.MaxPresenceMembers = 2);
        await using var first = await server.ConnectAsync();
        await using var second = await server.ConnectAsync();
        await using var third = await server.ConnectAsync();
        await first.JoinAsync(Channel, "1");
        await second.JoinAsync(Channel, "2");

        await third.AskAsync(Channel, """{"user_id":"3"}""");
        Assert.Equal(4004, (await third.ExpectAsync("pusher:error")).DataJson.GetProperty("code").GetInt32());
        await third.ExpectAsync("pusher:subscription_error", Channel);
        Assert.Equal(2, server.Hub.FindRoom(Channel)!.PeerCount);

        Assert.Equal(2, CountOf(await third.JoinAsync(Channel, "1")));
    }

    [Fact]
    public async Task P5_RacingUsers_AreNeverMoreThanAllowed()
    {
        await using var server = await PusherServer.StartAsync(options => options.MaxPresenceMembers = 3);
        var clients = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => server.ConnectAsync()));

        var results = await Task.WhenAll(clients.Select((client, i) => Task.Run(async () =>
        {
            await client.AskAsync(Channel, $"{{\"user_id\":\"{i}\"}}");
            return (await client.ReadAsync())!.Event;
        })));

        Assert.Equal(3, results.Count(name => name == "pusher_internal:subscription_succeeded"));
        Assert.Equal(3, server.Hub.FindRoom(Channel)!.Members.Count);
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("x")]
    [InlineData("""{"user_id":null}""")]
    [InlineData("""{"user_id":""}""")]
    [InlineData("""{"user_id":{"a":1}}""")]
    [InlineData("""{"user_id":"\ud800"}""")]
    [InlineData("""{"user_id":"1","user_info":}""")]
    public async Task P1_ChannelDataThatNamesNobody_IsRefused(string data)
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.AskAsync(Channel, data);

        await client.ExpectAsync("pusher:error");
        await client.ExpectAsync("pusher:subscription_error", Channel);
        Assert.Null(server.Hub.FindRoom(Channel));
    }

    [Fact]
    public async Task P1_Sizes_AreBounded()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.AskAsync(Channel, $"{{\"user_id\":\"{new string('x', 129)}\"}}");
        await client.ExpectAsync("pusher:error");
        await client.ExpectAsync("pusher:subscription_error");
        await client.AskAsync(Channel, $"{{\"user_id\":\"1\",\"user_info\":\"{new string('x', 1023)}\"}}");
        await client.ExpectAsync("pusher:error");
        await client.ExpectAsync("pusher:subscription_error");
        await client.SubscribeAsync(Channel, $"{{\"user_id\":\"{new string('x', 128)}\",\"user_info\":\"{new string('x', 1022)}\"}}");
    }

    [Fact]
    public async Task P1_SignedInUser_ComesInWithoutChannelData()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AskAsync(Channel);
        await client.ExpectAsync("pusher:error");
        await client.ExpectAsync("pusher:subscription_error");

        await client.SignInAsync("""{"id":"yui","user_info":{"name":"Yui"}}""");

        Assert.Equal(
            """{"presence":{"count":1,"ids":["yui"],"hash":{"yui":{"name":"Yui"}}}}""", (await client.SubscribeAsync(Channel)).Data);
    }

    [Fact]
    public async Task P2_MembersOfOtherDoors_AreUsersToo()
    {
        await using var server = await PusherServer.StartAsync(options => options.OtherDoors = (_, _) => RoomRights.All);
        await using var client = await server.ConnectAsync();
        await client.JoinAsync(Channel, "1");
        await using var raw = await RawDoorClient.ConnectAsync(server.Url, Channel);
        var room = server.Hub.FindRoom(Channel)!;
        await Deadline.UntilAsync(() => room.PeerCount == 2);
        var peer = room.Peers.Single(peer => peer.Door != "pusher");

        room.Members.Enter(peer, """{"name":"Kei"}""");
        Assert.Equal(
            $$$"""{"user_id":"{{{peer.Author.Id}}}","user_info":{"name":"Kei"}}""",
            (await client.ExpectAsync("pusher_internal:member_added")).Data);
        room.Members.Enter(peer, """{"user_id":"kei"}""");
        Assert.Equal($$"""{"user_id":"{{peer.Author.Id}}"}""", (await client.ExpectAsync("pusher_internal:member_removed")).Data);
        Assert.Equal("""{"user_id":"kei","user_info":null}""", (await client.ExpectAsync("pusher_internal:member_added")).Data);

        await using var second = await server.ConnectAsync();
        Assert.Equal(3, CountOf(await second.JoinAsync(Channel, "2")));
    }

    [Fact]
    public async Task Members_OfTheRoom_AreSeenByOtherDoors_AndTheirListIsTheRooms()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.JoinAsync(Channel, "1");

        var member = Assert.Single(server.Hub.FindRoom(Channel)!.Members.List().Members);

        Assert.Equal("""{"user_id":"1","user_info":null}""", member.Data.ToString());
    }

    [Fact]
    public async Task Channel_ThatEverybodyHasLeft_IsForgotten()
    {
        await using var server = await PusherServer.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await using var client = await server.ConnectAsync();
            Assert.Equal(1, CountOf(await client.JoinAsync(Channel, "1")));
        }
        await Deadline.UntilAsync(() => server.PresenceChannels == 0);
    }

    private static int CountOf(PusherEvent list) => list.DataJson.GetProperty("presence").GetProperty("count").GetInt32();

    [Fact]
    public async Task P4_WhoIsDisconnected_HearsNotOfItself()
    {
        await using var server = await PusherServer.StartAsync();
        for (var i = 0; i < 200; i++)
        {
            await using var client = await server.ConnectAsync();
            await client.JoinAsync("presence-x", "a");
            server.Hub.FindRoom("presence-x")!.Peers.Single().Disconnect(4009, "Enough.");
            Assert.Null(await client.ReadAsync());
            await Deadline.UntilAsync(() => server.Hub.PeerCount == 0);
        }
    }

    [Fact]
    public async Task P5_UsersOfOtherDoors_CountForTheFirstSubscriberToo()
    {
        await using var server = await PusherServer.StartAsync(options =>
        {
            options.OtherDoors = (_, _) => RoomRights.All;
            options.MaxPresenceMembers = 1;
        });
        await using var raw = await RawDoorClient.ConnectAsync(server.Url, "presence-x");
        await Deadline.UntilAsync(() => server.Hub.FindRoom("presence-x") is { PeerCount: 1 });
        var room = server.Hub.FindRoom("presence-x")!;
        room.Members.Enter(room.Peers.Single(), """{"user_id":"kei"}""");

        await using var client = await server.ConnectAsync();
        await client.AskAsync("presence-x", """{"user_id":"1"}""");

        await client.ExpectAsync("pusher:error");
    }

    [Fact]
    public async Task P5_UserWhoseMemberHasItsPlace_IsCounted_BeforeTheListIsAskedFor()
    {
        await using var server = await PusherServer.StartAsync();
        await using var raw = await RawDoorClient.ConnectAsync(server.Url, "x");
        await Deadline.UntilAsync(() => server.Hub.FindRoom("x") is { PeerCount: 1 });
        var room = server.Hub.FindRoom("x")!;
        var table = new PresenceTable();
        server.Hub.KeyChanged += table.Note_NeedsLock;
        var channel = table.Use(room, "presence-x");

        Assert.True(channel.TryReserve("1", 1));
        room.Members.Enter(room.Peers.Single(), """{"user_id":"1"}""");
        channel.GiveBack("1");

        Assert.False(channel.TryReserve("2", 1));
    }

    [Fact]
    public async Task P1_WhoHearsOfChangesAndThrows_CostsNobodyTheEntry()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("news");
        server.Hub.KeyChanged += (_, _) => throw new InvalidOperationException();

        Assert.True(server.Hub.FindRoom("news")!.State.Set("a", "1").Offset > 0);
    }
}
