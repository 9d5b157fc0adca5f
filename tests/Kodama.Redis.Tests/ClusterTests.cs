namespace Kodama.Redis.Tests;

/// <summary>What holds of one hub holds of three.</summary>
public sealed class ClusterTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Publishers_AtThreeHubs_HaveOneOrderWithoutGaps()
    {
        await using var cluster = new Cluster(server.Address, new HubOptions { Log = { Messages = 10_000 } }).With(3);
        var readers = await AllAsync(cluster, static hub => EngineContract.JoinAsync(hub));
        var publishers = await AllAsync(cluster, static hub => hub.ComeAsync());

        var acknowledged = await Task.WhenAll(publishers.Select((publisher, p) => Task.Run(async () =>
        {
            var offsets = new List<long>();
            for (var i = 0; i < 200; i++) offsets.Add((await publisher.SayAsync($"{p}/{i}").SettledAsync()).Offset);
            return offsets;
        })));
        foreach (var reader in readers) await Settling.UntilAsync(() => reader.Link.Received.Count == 600);

        Assert.Equal(Enumerable.Range(1, 600).Select(static i => (long)i), acknowledged.SelectMany(static offsets => offsets).Order());
        Assert.All(acknowledged, static offsets => Assert.Equal(offsets.Order(), offsets));
        Assert.All(readers, reader => Assert.Equal(readers[0].Link.Received, reader.Link.Received));
        Assert.Equal(Enumerable.Range(1, 600), EngineContract.Offsets(readers[0]));
        Assert.All(publishers, static publisher => Assert.Equal(400, publisher.Received.Count));
    }

    [Fact]
    public async Task Tellings_OfOneHub_ComeOneAfterAnother()
    {
        const int tellings = 2000;
        await using var cluster = new Cluster(server.Address).With(2);
        var heard = new List<int>();
        cluster[1].Engine.Cluster.Handle(200, (_, what) =>
        {
            lock (heard) heard.Add(BitConverter.ToInt32(what.Span));
            return default;
        });

        for (var i = 0; i < tellings; i++) cluster[0].Engine.Cluster.Tell(200, BitConverter.GetBytes(i), hub: null);
        await Settling.UntilAsync(() => { lock (heard) return heard.Count == tellings; });

        Assert.Equal(Enumerable.Range(0, tellings), heard);
    }

    [Fact]
    public async Task Message_OfAnotherHub_SaysWhoSaidWhat()
    {
        await using var cluster = new Cluster(server.Address).With(2);
        var yui = await cluster[0].Hub.ComeAsync(details: [("name", "Yui")]);
        var ren = await cluster[1].Hub.ComeAsync();
        var said = await yui.Room.Send("move", Payload.Arguments("[1]"u8.ToArray(), [new byte[] { 1, 2 }])).SettledAsync();
        await yui.SayAsync("hello", "greet").SettledAsync();
        await Settling.UntilAsync(() => ren.Room.Offset == 2);

        var entries = (await ren.Room.ReadAsync(0)).Entries;

        Assert.Equal(1, said.Offset);
        Assert.Equal(yui.Room.Epoch, ren.Room.Epoch);
        Assert.Equal(("move", "[1]", "0102"), (
            entries[0].Event, entries[0].Text, Convert.ToHexString(entries[0].Payload.Attachments[0].Span)));
        Assert.Equal(("greet", "hello", "Yui", yui.Peer.Author.Id), (
            entries[1].Event, entries[1].Text, entries[1].Name, entries[1].From));
    }

    [Fact]
    public async Task Notes_ComeAlong_AndAsidesStayAsides()
    {
        await using var cluster = new Cluster(server.Address).With(2);
        var yui = await cluster[0].Hub.ComeAsync();
        var ren = await cluster[1].Hub.ComeAsync();
        await yui.Room.Send("a", "said", note: new Note("n"u8.ToArray())).SettledAsync();
        await yui.Room.Send("a", "aside", note: new Note("m"u8.ToArray(), isAside: true)).SettledAsync();
        await Settling.UntilAsync(() => ren.Room.Offset == 2);

        var noted = (await ren.Room.ReadNotedAsync(0, 10, long.MaxValue)).Entries;

        Assert.Equal(["said"], (await ren.Room.ReadAsync(0)).Entries.Select(static entry => entry.Text));
        Assert.Equal([("n", false), ("m", true)], noted.Select(static entry => (
            System.Text.Encoding.UTF8.GetString(entry.Note!.Bytes.Span), entry.Note.IsAside)));
    }

    [Fact]
    public async Task Reader_GoesOnAtAnotherHub_WithItsPosition()
    {
        await using var cluster = new Cluster(server.Address).With(2);
        var yui = await cluster[0].Hub.ComeAsync();
        for (var i = 1; i <= 5; i++) await yui.SayAsync($"m{i}").SettledAsync();

        var ren = await EngineContract.JoinAsync(cluster[1].Hub, Start.After(new Position(yui.Room.Epoch, 3)));
        await ren.LiveAsync();
        await yui.SayAsync("m6").SettledAsync();
        await Settling.UntilAsync(() => ren.Link.Received.Count == 4);

        Assert.False(ren.Joined.IsGap);
        Assert.Equal(["00000004m4", "00000005m5", "00000005live", "00000006m6"], ren.Link.Received);
    }

    [Fact]
    public async Task Id_AtTwoHubsAtOnce_IsPublishedOnce()
    {
        await using var cluster = new Cluster(server.Address).With(2);
        var at = new[] { await cluster[0].Hub.ComeWithSessionAsync("yui"), await cluster[1].Hub.ComeWithSessionAsync("yui") };
        var before = new Position(at[0].Room.Epoch, 0);
        for (var i = 0; i < 50; i++)
        {
            var results = await Task.WhenAll(at.Select(peer => EngineContract.PublishAsync(peer, $"m{i}", $"id{i}", before)));
            Assert.All(results, result => Assert.Equal((i + 1, RefusalCode.None), (result.Offset, result.Code)));
        }

        Assert.Equal(RefusalCode.IdReused, (await EngineContract.PublishAsync(at[1], "other", "id3", before)).Code);
        Assert.Equal(
            RefusalCode.OutcomeUnknown, (await EngineContract.PublishAsync(at[1], "x", "new", new Position("AAAAAAAAAAAA", 0))).Code);
        await Settling.UntilAsync(() => at.All(static peer => peer.Room.Offset == 50));
    }

    [Fact]
    public async Task Id_SentAgainToAnotherHub_IsFoundBeforeTheFilters()
    {
        await using var cluster = new Cluster(server.Address);
        var asked = 0;
        cluster.Add();
        cluster.Add(new HubRules().Filter(_ =>
        {
            asked++;
            return FilterResult.Drop("never again");
        }));
        var first = await cluster[0].Hub.ComeWithSessionAsync("yui");
        await EngineContract.PublishAsync(first, "hello", "a");

        var second = await cluster[1].Hub.ComeWithSessionAsync("yui");
        var result = await EngineContract.PublishAsync(second, "hello", "a", new Position(first.Room.Epoch, 0));

        Assert.Equal((1, true, 0), (result.Offset, result.IsDuplicate, asked));
    }

    [Fact]
    public async Task Conditions_OfThreeHubs_AreOfOneKey()
    {
        await using var cluster = new Cluster(server.Address).With(3);
        var rooms = (await AllAsync(cluster, static hub => hub.ComeAsync())).ConvertAll(static peer => peer.Room);

        var won = 0;
        await Task.WhenAll(rooms.Select((room, r) => Task.Run(async () =>
        {
            for (var i = 0; i < 30;)
            {
                var last = room.State.Find("counter");
                var condition = last is null ? KeyCondition.Absent : KeyCondition.At(new Position(room.Epoch, last.Offset));
                var value = last is null ? 1 : int.Parse(last.Text) + 1;
                var result = await room.State.Set("counter", $"{value}", condition: condition).SettledAsync();
                if (result.Code == RefusalCode.ConditionFailed) continue;
                Assert.Equal(RefusalCode.None, result.Code);
                Interlocked.Increment(ref won);
                i++;
            }
        })));
        await Settling.UntilAsync(() => rooms.TrueForAll(static room => room.Offset == 90));

        Assert.All(rooms, static room => Assert.Equal("90", room.State.Find("counter")!.Text));
    }

    [Fact]
    public async Task Bounds_OfState_AreOfAllHubsTogether()
    {
        await using var cluster = new Cluster(server.Address, new HubOptions { Log = { MaxStateKeys = 10 } }).With(3);
        var rooms = (await AllAsync(cluster, static hub => hub.ComeAsync())).ConvertAll(static peer => peer.Room);

        var results = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => rooms[i % 3].State.Set($"k{i}", "v").SettledAsync()));

        Assert.Equal(20, results.Count(static result => result.Code == RefusalCode.Full));
        await Settling.UntilAsync(() => rooms.TrueForAll(static room => room.Offset == 10));
        Assert.All(rooms, static room => Assert.Equal(10, room.State.List().Keys.Count));
    }

    [Fact]
    public async Task Removal_ThatThisHubDoesNotSeeYet_Happens()
    {
        await using var cluster = new Cluster(server.Address).With(2);
        var rooms = (await AllAsync(cluster, static hub => hub.ComeAsync())).ConvertAll(static peer => peer.Room);
        for (var i = 0; i < 50; i++)
        {
            var set = await rooms[0].State.Set("light", "on").SettledAsync();
            var removed = await rooms[1].State.Remove("light").SettledAsync();
            Assert.Equal(set.Offset + 1, removed.Offset);
        }
    }

    [Fact]
    public async Task Transient_Messages_CrossHubsInTheirTurn()
    {
        await using var cluster = new Cluster(server.Address).With(2);
        var room = (await cluster[0].Hub.ComeAsync()).Room;
        var ren = await EngineContract.JoinAsync(cluster[1].Hub);
        for (var i = 1; i <= 20; i++)
        {
            room.Send($"m{i}");
            room.Send($"tick{i}", isTransient: true);
        }
        await room.Send("end").SettledAsync();
        await Settling.UntilAsync(() => ren.Link.Received.Count == 41);

        Assert.Equal(
            [.. Enumerable.Range(1, 20).SelectMany(static i => new[] { $"m{i}", $"~tick{i}" }), "end"],
            ren.Link.Received.Select(static text => text[8..]));
    }

    [Fact]
    public async Task Audience_OfAnEntry_HoldsAtOtherHubs()
    {
        await using var cluster = new Cluster(server.Address).With(2);
        var yui = await cluster[0].Hub.ComeWithSessionAsync("yui");
        var elsewhere = await cluster[1].Hub.ComeWithSessionAsync("yui");
        var ren = await cluster[1].Hub.ComeAsync();

        yui.Room.Send("not for Yui", except: [yui.Peer]);
        await yui.Room.Send("for all").SettledAsync();
        await Settling.UntilAsync(() => ren.Received.Count == 2 && elsewhere.Received.Count == 1);

        Assert.Equal(["for all"], elsewhere.Received);
    }

    [Fact]
    public async Task Member_OfASessionThatMoves_StaysAndNobodyIsTold()
    {
        await using var cluster = new Cluster(server.Address, new HubOptions { Log = { PresenceGrace = TimeSpan.Zero } }).With(2);
        var reader = await EngineContract.JoinAsync(cluster[1].Hub, presence: true);
        var first = await cluster[0].Hub.ComeWithSessionAsync("yui");
        await first.Room.Members.Enter(first.Peer, "1").SettledAsync();
        await Settling.UntilAsync(() => reader.Joined.Room!.Members.Count == 1);

        var second = await cluster[1].Hub.ComeWithSessionAsync("yui");
        Assert.Equal(1, (await second.Room.Members.Enter(second.Peer, "1").SettledAsync()).Offset);
        first.Go(CloseReason.Lost);
        await second.SayAsync("behind it").SettledAsync();

        Assert.Equal(1, second.Room.Members.Count);
        Assert.Equal(2, second.Room.Offset);
        second.Go();
        await Settling.UntilAsync(() => reader.Link.Received.Count == 3);
        Assert.Equal(["00000001Enter yui 1", "00000002behind it", "00000003Remove yui"], reader.Link.Received);
    }

    [Fact]
    public async Task Exit_OfAConnectionThatWasReplaced_TakesNothing()
    {
        await using var cluster = new Cluster(server.Address).With(2);
        var first = await cluster[0].Hub.ComeWithSessionAsync("yui");
        await first.Room.Members.Enter(first.Peer, "1").SettledAsync();
        var second = await cluster[1].Hub.ComeWithSessionAsync("yui");
        await second.Room.Members.Enter(second.Peer, "2").SettledAsync();
        await Settling.UntilAsync(() => first.Room.Offset == 2);

        await first.Room.Members.Leave(first.Peer).SettledAsync();
        await second.SayAsync("behind it").SettledAsync();

        Assert.Equal((1, 3), (second.Room.Members.Count, (int)second.Room.Offset));
    }

    [Fact]
    public async Task Hub_ThatDies_LeavesNoGhosts()
    {
        await using var cluster = new Cluster(server.Address, redis: new RedisOptions { Lease = TimeSpan.FromSeconds(5) }).With(3);
        var reader = await EngineContract.JoinAsync(cluster[1].Hub, presence: true, state: true);
        var yui = await cluster[0].Hub.ComeAsync();
        await yui.Room.Members.Enter(yui.Peer, "1").SettledAsync();
        await yui.Room.State.Set("cursor", "1,1", yui.Peer, isBound: true).SettledAsync();
        await yui.Room.State.Set("light", "on", yui.Peer).SettledAsync();
        var ren = await cluster[2].Hub.ComeAsync();
        await ren.Room.Members.Enter(ren.Peer, "2").SettledAsync();

        await cluster[0].Engine.DisposeAsync();
        await Settling.UntilAsync(() => reader.Link.Received.Count == 6);

        Assert.Equal(ren.Peer.Author.Id, Assert.Single(reader.Joined.Room!.Members.List().Members).Author.Id);
        Assert.Equal("light", Assert.Single(reader.Joined.Room.State.List().Keys).Key);
        Assert.Equal(6, reader.Joined.Room.Offset);
        var left = new[] { $"{cluster.Prefix}:b:{cluster[0].Engine.HubId}", $"{cluster.Prefix}:dead" };
        await Settling.UntilAsync(() => server.Server.Run(["exists", .. left]) == "0");
    }

    [Fact]
    public async Task Hub_ThatWasTakenForDead_EntersItsMembersAgain()
    {
        await using var cluster = new Cluster(server.Address).With(2);
        var yui = await cluster[0].Hub.ComeAsync();
        await yui.Room.Members.Enter(yui.Peer, "1").SettledAsync();
        await yui.Room.State.Set("cursor", "1,1", yui.Peer, isBound: true).SettledAsync();
        var reader = await EngineContract.JoinAsync(cluster[1].Hub, presence: true, state: true);

        server.Server.Run("zadd", $"{cluster.Prefix}:dead", "0", cluster[0].Engine.HubId);
        server.Server.Run("hdel", $"{cluster.Prefix}:beats", cluster[0].Engine.HubId);
        await Settling.UntilAsync(() => reader.Link.Received.Count(static text => text.Contains("Remove", StringComparison.Ordinal)) == 2
            && reader.Joined.Room!.Offset == 6);

        Assert.Equal("1", Assert.Single(reader.Joined.Room!.Members.List().Members).Data.ToString());
        Assert.Equal("1,1", Assert.Single(reader.Joined.Room.State.List().Keys).Text);
    }

    [Fact]
    public async Task Keys_OfARoomWithoutState_AllHaveAnEnd()
    {
        await using var cluster = new Cluster(server.Address, new HubOptions { Log = { Age = TimeSpan.FromHours(24) } }).With(1);
        var yui = await cluster[0].Hub.ComeAsync();
        await yui.SayAsync("one").SettledAsync();
        await yui.Room.Members.Enter(yui.Peer, "1").SettledAsync();
        await yui.Room.Members.Leave(yui.Peer).SettledAsync();
        await EngineContract.PublishAsync(yui, "two", "id");

        foreach (var kind in "mekx")
            Assert.InRange(int.Parse(server.Server.Run("ttl", $"{cluster.Prefix}:{kind}:lobby")), 3000, 400_000);
        Assert.InRange(int.Parse(server.Server.Run("ttl", $"{cluster.Prefix}:e:lobby")), 24 * 3600, 400_000);
        Assert.NotEqual("-1", server.Server.Run("ttl", $"{cluster.Prefix}:i:lobby"));

        // Whoever takes a dead hub's members out knows nothing of how long the room is kept.
        await yui.Room.Members.Enter(yui.Peer, "1").SettledAsync();
        var before = yui.Room.Offset;
        server.Server.Run("zadd", $"{cluster.Prefix}:dead", "0", cluster[0].Engine.HubId);
        await Settling.UntilAsync(() => yui.Room.Offset == before + 2);
        Assert.InRange(int.Parse(server.Server.Run("ttl", $"{cluster.Prefix}:e:lobby")), 24 * 3600, 400_000);
    }

    [Fact]
    public async Task Sessions_OfOneHub_AreKnownToTheOthers()
    {
        await using var cluster = new Cluster(server.Address).With(2);
        var (id, secret) = cluster[0].Hub.Sessions.New("principal");

        Assert.True(cluster[1].Hub.Sessions.IsSecretOf(id, secret, "principal"));
    }

    [Fact]
    public async Task Hubs_KnowEachOther()
    {
        await using var cluster = new Cluster(server.Address, redis: new RedisOptions { Lease = TimeSpan.FromSeconds(5) }).With(2);
        cluster[0].Engine.Announce("""{"name":"first"}""");

        await Settling.UntilAsync(() => cluster[1].Engine.Hubs.GetValueOrDefault(cluster[0].Engine.HubId) == """{"name":"first"}""");
        Assert.Equal(2, cluster[1].Engine.Hubs.Count);
        await cluster[0].Engine.DisposeAsync();
        await Settling.UntilAsync(() => cluster[1].Engine.Hubs.Count == 1);
    }

    [Fact]
    public async Task Rooms_OfAnyName_ArePart()
    {
        string[] names = ["{other}", "a:b", "*", "\ud800", "\ud801", "日本", "x\u00a0y", new string('ä', 255)];
        await using var cluster = new Cluster(server.Address).With(2);
        foreach (var name in names)
        {
            var yui = await cluster[0].Hub.ComeAsync(room: name);
            var ren = await cluster[1].Hub.ComeAsync(room: name);
            Assert.Equal(1, (await yui.SayAsync(name.Length > 200 ? "long" : "hello").SettledAsync()).Offset);
            await Settling.UntilAsync(() => ren.Received.Count == 1);
        }
    }

    private static async Task<List<T>> AllAsync<T>(Cluster cluster, Func<Hub, Task<T>> action)
    {
        var all = new List<T>();
        foreach (var node in cluster.Nodes) all.Add(await action(node.Hub));
        return all;
    }
}
