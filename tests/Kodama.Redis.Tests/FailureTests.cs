namespace Kodama.Redis.Tests;

/// <summary>Redis fails (docs/specs/cluster.md, Failures), in each test one of its own.</summary>
public sealed class FailureTests : IAsyncDisposable
{
    private static readonly RedisOptions Impatient = new() { Patience = TimeSpan.FromSeconds(1) };
    private static readonly RedisOptions Patient = new() { Patience = TimeSpan.FromSeconds(30) };

    private readonly List<IAsyncDisposable> clusters = [];
    private readonly List<RedisServer> servers = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in clusters) await cluster.DisposeAsync();
        foreach (var server in servers) server.Dispose();
    }

    [Fact]
    public async Task Restart_ThatKeptAll_IsNoticedByNobody()
    {
        var server = Serve("--appendonly", "yes", "--appendfsync", "always");
        var cluster = Join(server, 2, redis: Patient);
        var yui = await cluster[0].Hub.ComeAsync();
        var reader = await EngineContract.JoinAsync(cluster[1].Hub, presence: true);
        await yui.Room.Members.Enter(yui.Peer, "1").SettledAsync();
        for (var i = 2; i <= 10; i++) await yui.SayAsync($"m{i}").SettledAsync();
        await Settling.UntilAsync(() => reader.Link.Received.Count == 10);
        var epoch = yui.Room.Epoch;

        server.Kill();
        // Or it may have arrived, and is not known.
        await Settling.UntilAsync(() => cluster[0].Engine.State.Wrong is not null);
        var publishing = Enumerable.Range(11, 5).Select(i => yui.SayAsync($"m{i}").SettledAsync()).ToList();
        server.Start();

        Assert.Equal([11, 12, 13, 14, 15], (await Task.WhenAll(publishing)).Select(static result => result.Offset));
        await Settling.UntilAsync(() => Places(reader).Last() == 15);
        Assert.Equal(Enumerable.Range(1, 15), Places(reader).Distinct());
        Assert.DoesNotContain(reader.Link.Received, static text => text.Contains("gap", StringComparison.Ordinal));
        Assert.NotEqual(epoch, yui.Room.Epoch);
        Assert.Equal(1, reader.Joined.Room!.Members.Count);
        // Who was away meanwhile misses nothing, and gets nothing twice.
        var late = await EngineContract.JoinAsync(cluster[1].Hub, Start.After(new Position(epoch, 8)));
        await late.LiveAsync();
        Assert.False(late.Joined.IsGap);
        Assert.Equal([.. Enumerable.Range(9, 7), 15], Places(late));
    }

    [Fact]
    public async Task Restart_WithLess_GivesNoPlaceOutTwice()
    {
        var server = Serve("--dbfilename", "dump.rdb");
        var cluster = Join(server, 2, redis: Patient);
        var yui = await cluster[0].Hub.ComeAsync();
        var reader = await EngineContract.JoinAsync(cluster[1].Hub);
        var raw = await cluster[1].Hub.ComeAsync();
        for (var i = 1; i <= 95; i++) await yui.SayAsync($"m{i}");
        await yui.SayAsync("m96").SettledAsync();
        server.Run("save");
        for (var i = 97; i <= 100; i++) await yui.SayAsync($"m{i}").SettledAsync();
        await Settling.UntilAsync(() => reader.Link.Received.Count == 100);
        var epoch = yui.Room.Epoch;

        server.Kill();
        server.Start();
        var next = await SettleAsync(() => yui.SayAsync("next").SettledAsync());
        await Settling.UntilAsync(() => reader.Link.Received.Any(static text => text.EndsWith("next", StringComparison.Ordinal)));

        Assert.Equal(97, next.Offset);
        Assert.NotEqual(epoch, yui.Room.Epoch);
        Assert.Equal(
            ["00000096gap 100", "00000097next"],
            reader.Link.Received.Where(static text => !text.EndsWith("live", StringComparison.Ordinal)).Skip(100));
        // Positions that both have are good, and those that are lost are told.
        var known = await EngineContract.JoinAsync(cluster[0].Hub, Start.After(new Position(epoch, 94)));
        await known.LiveAsync();
        Assert.Equal((false, 94), (known.Joined.IsGap, known.Joined.Position.Offset));
        var lost = await EngineContract.JoinAsync(cluster[0].Hub, Start.After(new Position(epoch, 99)));
        await lost.LiveAsync();
        Assert.Equal((true, 96), (lost.Joined.IsGap, lost.Joined.Position.Offset));
        await Settling.UntilAsync(() => raw.Received[^1] == "next");
        Assert.Equal(101, raw.Received.Count);
    }

    [Fact]
    public async Task Restart_Empty_BeginsAnewWithThoseWhoAreHere()
    {
        var server = Serve();
        var cluster = Join(server, 2, redis: Patient);
        var yui = await cluster[0].Hub.ComeAsync();
        await yui.Room.Members.Enter(yui.Peer, "1").SettledAsync();
        await yui.Room.State.Set("cursor", "1,1", yui.Peer, isBound: true).SettledAsync();
        await yui.Room.State.Set("light", "on").SettledAsync();
        var reader = await EngineContract.JoinAsync(cluster[1].Hub, presence: true, state: true);
        var epoch = yui.Room.Epoch;

        server.Kill();
        server.Start();
        await SettleAsync(() => yui.SayAsync("hello").SettledAsync());
        await Settling.UntilAsync(() => reader.Joined.Room!.Members.Count == 1 && reader.Joined.Room.State.Find("cursor") is not null
            && reader.Link.Received.Any(static text => text.EndsWith("hello", StringComparison.Ordinal)));

        Assert.NotEqual(epoch, yui.Room.Epoch);
        Assert.Equal(yui.Room.Epoch, reader.Joined.Room!.Epoch);
        Assert.Null(reader.Joined.Room.State.Find("light"));
        Assert.Contains(reader.Link.Received, static text => text.Contains("gap 3", StringComparison.Ordinal));
        var late = await EngineContract.JoinAsync(cluster[1].Hub, Start.After(new Position(epoch, 3)));
        Assert.True(late.Joined.IsGap);
    }

    [Fact]
    public async Task Flush_OfEverything_IsAnotherEpochForAllHubs()
    {
        var server = Serve();
        var cluster = Join(server, 2, redis: Patient);
        var peers = new[] { await cluster[0].Hub.ComeAsync(), await cluster[1].Hub.ComeAsync() };
        for (var i = 0; i < 3; i++) await peers[0].SayAsync("before").SettledAsync();
        var (epoch, (_, secret)) = (peers[0].Room.Epoch, cluster[0].Hub.Sessions.New("one"));

        server.Run("flushall");
        for (var i = 1; i <= 20; i++)
        {
            var result = await SettleAsync(() => peers[i % 2].SayAsync($"after {i}").SettledAsync());
            Assert.Equal(i, result.Offset);
        }

        await Settling.UntilAsync(() => peers.All(static peer => peer.Room.Offset == 20));
        // Each has what the other said, once.
        foreach (var (peer, parity) in new[] { (peers[0], 1), (peers[1], 0) })
        {
            string[] expected = [.. Enumerable.Range(1, 20).Where(i => i % 2 == parity).Select(static i => $"after {i}")];
            await Settling.UntilAsync(() => peer.Received.Count(static text => text != "before") == expected.Length);
            Assert.Equal(expected, peer.Received.Where(static text => text != "before"));
        }
        Assert.NotEqual(epoch, peers[0].Room.Epoch);
        Assert.Equal(peers[0].Room.Epoch, peers[1].Room.Epoch);
        // A hub that comes now shares the sessions' secrets still.
        await Settling.UntilAsync(() => server.Run("exists", $"{cluster.Prefix}:s") == "1");
        var (id, secretOfNew) = cluster.Add().Hub.Sessions.New("two");
        Assert.True(cluster[0].Hub.Sessions.IsSecretOf(id, secretOfNew, "two"));
        Assert.NotEqual(secret, secretOfNew);
    }

    [Fact]
    public async Task Primary_ThatWasAReplicaBetween_GivesNoPlaceOutTwice()
    {
        var (server, other) = (Serve(), Serve());
        var cluster = Join(server, 1, redis: Patient);
        var yui = await cluster[0].Hub.ComeAsync();
        for (var i = 1; i <= 95; i++) await yui.SayAsync("x");
        await yui.SayAsync("m96").SettledAsync();
        other.Run("replicaof", "127.0.0.1", $"{server.Port}");
        await Settling.UntilAsync(() => other.Run("info", "replication").Contains("master_link_status:up", StringComparison.Ordinal));
        other.Run("replicaof", "no", "one");
        for (var i = 97; i <= 100; i++) await yui.SayAsync($"m{i}").SettledAsync();
        var epoch = yui.Room.Epoch;

        // It takes the other's data, and is primary again, without a connection having broken.
        server.Run("replicaof", "127.0.0.1", $"{other.Port}");
        await Settling.UntilAsync(() => server.Run("info", "replication").Contains("master_link_status:up", StringComparison.Ordinal));
        server.Run("replicaof", "no", "one");
        var known = await SettleAsync(() => yui.SayAsync("known").SettledAsync());

        Assert.Equal((97, true), (known.Offset, epoch != yui.Room.Epoch));
        // Nor by a hub that has not had the room.
        var ren = await cluster.Add().Hub.ComeAsync();
        Assert.Equal(yui.Room.Epoch, ren.Room.Epoch);
    }

    [Fact]
    public async Task Subscription_ThatIsCutAgainAndAgain_LosesNothing()
    {
        var server = Serve();
        var cluster = Join(server, 3, new HubOptions { Log = { Messages = 10_000 } }, redis: Patient);
        var readers = new List<TestReader>();
        var publishers = new List<TestPeer>();
        foreach (var node in cluster.Nodes)
        {
            readers.Add(await EngineContract.JoinAsync(node.Hub));
            publishers.Add(await node.Hub.ComeAsync());
        }
        using var ended = new CancellationTokenSource();
        var cutting = Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested)
            {
                server.Run("client", "kill", "type", "pubsub");
                await Task.Delay(50);
            }
        });

        var offsets = await Task.WhenAll(publishers.Select((publisher, p) => Task.Run(async () =>
        {
            var mine = new List<long>();
            for (var i = 0; i < 150; i++) mine.Add((await publisher.SayAsync($"{p}/{i}").SettledAsync()).Offset);
            return mine;
        })));
        await ended.CancelAsync();
        await cutting;
        foreach (var reader in readers) await Settling.UntilAsync(() => reader.Link.Received.Count >= 450);

        Assert.Equal(Enumerable.Range(1, 450).Select(static i => (long)i), offsets.SelectMany(static mine => mine).Order());
        Assert.All(readers, reader => Assert.Equal(readers[0].Link.Received, reader.Link.Received));
        Assert.Equal(Enumerable.Range(1, 450), EngineContract.Offsets(readers[0]));
    }

    [Fact]
    public async Task Connections_ThatAreCutAgainAndAgain_KeepWhatIsAcknowledgedOnce()
    {
        var server = Serve();
        var cluster = Join(server, 3, new HubOptions { Log = { Messages = 10_000 } });
        var readers = new List<TestReader>();
        var publishers = new List<TestPeer>();
        foreach (var node in cluster.Nodes)
        {
            readers.Add(await EngineContract.JoinAsync(node.Hub));
            publishers.Add(await node.Hub.ComeWithSessionAsync($"s{publishers.Count}"));
        }
        using var ended = new CancellationTokenSource();
        var cutting = Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested)
            {
                server.Run("client", "kill", "type", "normal");
                await Task.Delay(100);
            }
        });

        var acknowledged = await Task.WhenAll(publishers.Select((publisher, p) => Task.Run(() => PublishAsync(publisher, $"{p}", 150))));
        await ended.CancelAsync();
        await cutting;
        var last = acknowledged.SelectMany(static mine => mine.Values).Max();
        foreach (var reader in readers) await Settling.UntilAsync(() => EngineContract.Offsets(reader).LastOrDefault() >= last);

        foreach (var mine in acknowledged)
        {
            // In the order in which they were sent, and each where it was said to be, once.
            Assert.Equal(mine.Values.Order(), mine.Values);
            foreach (var (text, offset) in mine)
                Assert.Equal($"{offset:D8}{text}", Assert.Single(readers[0].Link.Received, received => received[8..] == text));
        }
        Assert.All(readers, reader => Assert.Equal(readers[0].Link.Received, reader.Link.Received));
        Assert.Equal(450, readers[0].Link.Received.Count);
    }

    [Fact]
    public async Task Silence_OfRedis_IsAnsweredInBoundedTime_AndFoundAgainByTheId()
    {
        var server = Serve();
        var cluster = Join(server, 1);
        var yui = await cluster[0].Hub.ComeWithSessionAsync("yui");
        var raw = await cluster[0].Hub.ComeAsync();
        var before = new Position(yui.Room.Epoch, 0);

        server.Halt(isHalted: true);
        var silent = await EngineContract.PublishAsync(yui, "hello", "a");
        var behind = await EngineContract.PublishAsync(yui, "other", "b");
        Assert.Equal(RefusalCode.OutcomeUnknown, silent.Code);
        Assert.True(behind.Code is RefusalCode.NotInOrder or RefusalCode.NotKept, $"{behind}");
        Assert.Equal(JoinResult.Unavailable, (await cluster[0].Hub.JoinAsync(yui.Peer, new JoinRequest { Room = "unseen" })).Result);
        server.Halt(isHalted: false);

        var found = await SettleAsync(() => EngineContract.PublishAsync(yui, "hello", "a", before));
        Assert.Equal(1, found.Offset);
        await Settling.UntilAsync(() => raw.Received.Count == 1);
        Assert.Equal(2, (await SettleAsync(() => EngineContract.PublishAsync(yui, "other", "b"))).Offset);
        await Settling.UntilAsync(() => raw.Received.Count == 2);
        Assert.Equal(["hello", "other"], raw.Received);
        Assert.Empty(yui.Received);
    }

    [Fact]
    public async Task Down_PublishingIsRefused_AndRoomsThatAreOpenCanBeJoined()
    {
        var server = Serve("--appendonly", "yes", "--appendfsync", "always");
        var cluster = Join(server, 1);
        var yui = await cluster[0].Hub.ComeAsync();
        await yui.SayAsync("before").SettledAsync();
        server.Kill();
        await Settling.UntilAsync(() => cluster[0].Engine.State.Wrong is not null);

        Assert.Equal(RefusalCode.NotKept, (await yui.SayAsync("lost").SettledAsync()).Code);
        Assert.Contains(server.Address, cluster[0].Engine.State.Wrong, StringComparison.Ordinal);
        var ren = await EngineContract.JoinAsync(cluster[0].Hub, Start.Last(5));
        await ren.LiveAsync();
        Assert.Equal(["00000001before", "00000001live"], ren.Link.Received);

        server.Start();
        Assert.Equal(2, (await SettleAsync(() => yui.SayAsync("after").SettledAsync())).Offset);
        Assert.True(cluster[0].Engine.State is { Wrong: null, Warning: null });
        await Settling.UntilAsync(() => ren.Link.Received.Any(static text => text.EndsWith("after", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Full_IsSaid_AndNothingOvertakesWhatFailed()
    {
        var server = Serve();
        var cluster = Join(server, 1);
        var yui = await cluster[0].Hub.ComeWithSessionAsync("yui");
        await EngineContract.PublishAsync(yui, "first", "a");
        server.Run("config", "set", "maxmemory", "1mb");

        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => EngineContract.PublishAsync(yui, $"m{i}", $"id{i}")));
        Assert.All(results, static result => Assert.True(result.Code is RefusalCode.NotKept or RefusalCode.NotInOrder, $"{result}"));
        Assert.Contains("OOM", results[0].Refusal, StringComparison.Ordinal);
        server.Run("config", "set", "maxmemory", "0");

        Assert.Equal(RefusalCode.NotInOrder, (await EngineContract.PublishAsync(yui, "m1", "id1")).Code);
        Assert.Equal(2, (await SettleAsync(() => EngineContract.PublishAsync(yui, "m0", "id0"))).Offset);
        Assert.Equal(3, (await EngineContract.PublishAsync(yui, "m1", "id1")).Offset);
    }

    [Fact]
    public async Task Scripts_ThatAreGone_AreLoadedAgain()
    {
        var server = Serve();
        var cluster = Join(server, 1, redis: Patient);
        var yui = await cluster[0].Hub.ComeAsync();
        await yui.SayAsync("one").SettledAsync();
        var epoch = yui.Room.Epoch;

        server.Run("script", "flush");

        Assert.Equal(2, (await yui.SayAsync("two").SettledAsync()).Offset);
        Assert.Equal(epoch, yui.Room.Epoch);
    }

    [Fact]
    public void Start_ThatCannotBe_SaysWhy()
    {
        var server = Serve("--requirepass", "secret");
        var without = Assert.Throws<EngineException>(() => new RedisEngine(server.Address));
        var wrong = Assert.Throws<EngineException>(() => new RedisEngine($"{server.Address},password=wrong"));
        Assert.Contains("password", without.Message, StringComparison.Ordinal);
        Assert.Contains("password", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", wrong.Message, StringComparison.Ordinal);
        using (new RedisEngine($"redis://:secret@{server.Address}/1"))
        {
        }
        server.Kill();
        var gone = Assert.Throws<EngineException>(() => new RedisEngine(server.Address));
        Assert.Contains("cannot be reached", gone.Message, StringComparison.Ordinal);
        var evicting = Serve("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru");
        var refused = Assert.Throws<EngineException>(() => new RedisEngine(evicting.Address));
        Assert.Contains("noeviction", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis://")]
    [InlineData("redis://user@host")]
    [InlineData("redis://host/name")]
    [InlineData("host,nonsense=1")]
    public void Address_ThatIsNone_IsRefused(string address) =>
        Assert.Throws<ArgumentException>(() => new RedisEngine(address));

    private static IEnumerable<int> Places(TestReader reader) => EngineContract.Offsets(reader);

    /// <summary>Again and again, until it is kept.</summary>
    private static async Task<PublishResult> SettleAsync(Func<Task<PublishResult>> publish)
    {
        using var limit = new CancellationTokenSource(Deadline.Limit);
        while (true)
        {
            var result = await publish();
            if (result.Code == RefusalCode.None) return result;
            Assert.True(result.Code is RefusalCode.NotKept or RefusalCode.OutcomeUnknown or RefusalCode.NotInOrder, $"{result}");
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Publishes messages with ids, each again until it is acknowledged; answers where each is.</summary>
    private static async Task<Dictionary<string, long>> PublishAsync(TestPeer publisher, string name, int count)
    {
        var acknowledged = new Dictionary<string, long>();
        for (var i = 0; i < count; i++)
        {
            var (text, before) = ($"{name}/{i}", default(Position?));
            var result = await SettleAsync(() =>
            {
                var attempt = EngineContract.PublishAsync(publisher, text, text, before);
                before ??= new Position(publisher.Room.Epoch, publisher.Room.Offset);
                return attempt;
            });
            acknowledged[text] = result.Offset;
        }
        return acknowledged;
    }

    private RedisServer Serve(params string[] options)
    {
        servers.Add(new RedisServer(options));
        return servers[^1];
    }

    private Cluster Join(RedisServer server, int hubs, HubOptions? options = null, RedisOptions? redis = null)
    {
        var cluster = new Cluster(server.Address, options, redis ?? Impatient).With(hubs);
        clusters.Add(cluster);
        return cluster;
    }
}
