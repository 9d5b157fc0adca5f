namespace Kodama.Redis.Tests;

/// <summary>What a room appends while Redis is at its last call goes with the next one, and is as if each had gone alone.</summary>
public sealed class BatchTests : IDisposable
{
    private const int Limit = 120_000;

    private readonly RedisServer server = new("--appendonly", "yes", "--appendfsync", "always");

    public void Dispose() => server.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Messages_OfTwoAuthorsAtOnce_GoTogetherAndInOrder()
    {
        await using var cluster = Join(2);
        var authors = new[] { await cluster[0].Hub.ComeAsync(), await cluster[0].Hub.ComeAsync() };
        var readers = new[] { await EngineContract.JoinAsync(cluster[0].Hub), await EngineContract.JoinAsync(cluster[1].Hub) };
        var before = Calls();

        var results = await HaltedAsync(() => [.. Enumerable.Range(0, 600).Select(i => authors[i % 2].SayAsync($"m{i}").SettledAsync())]);
        foreach (var reader in readers) await Settling.UntilAsync(() => reader.Link.Received.Count == 600);

        Assert.Equal(Enumerable.Range(1, 600).Select(static i => (long)i), results.Select(static result => result.Offset));
        Assert.All(readers, static reader => Assert.Equal(Enumerable.Range(1, 600), EngineContract.Offsets(reader)));
        Assert.Equal(Enumerable.Range(0, 600).Select(static i => $"m{i}"), readers[1].Link.Received.Select(static text => text[8..]));
        // As many as a call takes; beside them leases.
        Assert.InRange(Calls() - before, 5, 60);
    }

    [Fact(Timeout = Limit)]
    public async Task Messages_ThatAreLarge_GoInSeveralCalls()
    {
        await using var cluster = Join(1, new HubOptions { Log = { Bytes = 64 * 1024 * 1024 } });
        var yui = await cluster[0].Hub.ComeAsync();
        var reader = await EngineContract.JoinAsync(cluster[0].Hub);
        var before = Calls();

        var text = new string('x', 100_000);
        var results = await HaltedAsync(() => [.. Enumerable.Range(0, 60).Select(_ => yui.SayAsync(text).SettledAsync())]);

        Assert.Equal(Enumerable.Range(1, 60).Select(static i => (long)i), results.Select(static result => result.Offset));
        Assert.InRange(Calls() - before, 60 / 2, 120);
        await Settling.UntilAsync(() => reader.Link.Received.Count == 60);
    }

    [Fact(Timeout = Limit)]
    public async Task Id_ThatIsKnown_InTheMiddle_TakesNoPlace()
    {
        await using var cluster = Join(2);
        var yui = new[] { await cluster[0].Hub.ComeWithSessionAsync("yui"), await cluster[1].Hub.ComeWithSessionAsync("yui") };
        await EngineContract.PublishAsync(yui[1], "first", "a");

        var results = await HaltedAsync(() =>
        [
            EngineContract.PublishAsync(yui[0], "alone", "x"), EngineContract.PublishAsync(yui[0], "before", "b"),
            EngineContract.PublishAsync(yui[0], "first", "a"), EngineContract.PublishAsync(yui[0], "behind", "c"),
        ]);

        Assert.Equal([(2, false), (3, false), (1, true), (4, false)], results.Select(static result => (result.Offset, result.IsDuplicate)));
    }

    [Fact(Timeout = Limit)]
    public async Task Refusal_InTheMiddle_IsOfThatOneAlone()
    {
        await using var cluster = Join(2, new HubOptions { Log = { MaxStateKeys = 1 } });
        var yui = new[] { await cluster[0].Hub.ComeWithSessionAsync("yui"), await cluster[1].Hub.ComeWithSessionAsync("yui") };
        await EngineContract.PublishAsync(yui[1], "first", "a");
        var state = yui[0].Room.State;

        var results = await HaltedAsync(() =>
        [
            yui[0].SayAsync("alone").SettledAsync(), EngineContract.PublishAsync(yui[0], "other", "a"),
            state.Set("light", "on").SettledAsync(), state.Set("second", "1").SettledAsync(),
            state.Set("light", "off", condition: KeyCondition.Absent).SettledAsync(), yui[0].SayAsync("behind").SettledAsync(),
        ]);

        Assert.Equal(
            [
                (2, RefusalCode.None), (0, RefusalCode.IdReused), (3, RefusalCode.None), (0, RefusalCode.Full),
                (0, RefusalCode.ConditionFailed), (4, RefusalCode.None),
            ],
            results.Select(static result => (result.Offset, result.Code)));
        Assert.Equal("on", state.Find("light")!.Text);
    }

    [Fact(Timeout = Limit)]
    public async Task Id_WhoseHashHasGoneByItsAge_IsNotKnown_AndNotPublishedTwice()
    {
        await using var cluster = Join(1, new HubOptions { Log = { Messages = 10_000 } });
        var yui = await cluster[0].Hub.ComeWithSessionAsync("yui");
        for (var i = 0; i < 300; i++) await EngineContract.PublishAsync(yui, $"m{i}", $"id{i}");
        var here = new Position(yui.Room.Epoch, yui.Room.Offset);
        // As after six minutes in which it has said a little.
        const string forget = "for _, key in ipairs(redis.call('keys', ARGV[1])) do redis.call('del', key) end";
        server.Run("eval", forget, "0", $"{cluster.Prefix}:j:*");
        var elsewhere = await cluster.Add().Hub.ComeWithSessionAsync("yui");

        var early = await EngineContract.PublishAsync(elsewhere, "m10", "id10", here with { Offset = 9 });
        var late = await EngineContract.PublishAsync(elsewhere, "m290", "id290", here with { Offset = 289 });

        Assert.Equal((0, RefusalCode.OutcomeUnknown), (early.Offset, early.Code));
        Assert.Equal((291, true), (late.Offset, late.IsDuplicate));
    }

    [Fact(Timeout = Limit)]
    public async Task Full_InTheMiddle_RefusesThatAndWhatIsBehindIt()
    {
        await using var cluster = Join(2);
        var yui = new[] { await cluster[0].Hub.ComeWithSessionAsync("yui"), await cluster[1].Hub.ComeWithSessionAsync("yui") };
        await EngineContract.PublishAsync(yui[1], "first", "a");
        await EngineContract.PublishAsync(yui[1], "second", "b");
        server.Run("config", "set", "maxmemory", "1mb");

        var results = await HaltedAsync(() =>
        [
            EngineContract.PublishAsync(yui[0], "first", "a"), EngineContract.PublishAsync(yui[0], "second", "b"),
            EngineContract.PublishAsync(yui[0], "third", "c"), EngineContract.PublishAsync(yui[0], "fourth", "d"),
        ]);
        server.Run("config", "set", "maxmemory", "0");

        Assert.Equal([(1, true), (2, true)], results.Take(2).Select(static result => (result.Offset, result.IsDuplicate)));
        Assert.All(results.Skip(2), static result => Assert.True(result.Code is RefusalCode.NotKept, $"{result}"));
        Assert.Contains("OOM", results[2].Refusal, StringComparison.Ordinal);
        Assert.Equal(RefusalCode.NotInOrder, (await EngineContract.PublishAsync(yui[0], "fourth", "d")).Code);
        Assert.Equal(3, (await EngineContract.PublishAsync(yui[0], "third", "c")).Offset);
    }

    [Fact(Timeout = Limit)]
    public async Task Redis_KilledInTheMiddle_HasWhatWasAcknowledged_Once()
    {
        await using var cluster = Join(2, new HubOptions { Log = { Messages = 10_000 } });
        var yui = await cluster[0].Hub.ComeWithSessionAsync("yui");
        var reader = await EngineContract.JoinAsync(cluster[1].Hub);
        var kept = new SortedDictionary<int, long>();

        for (var round = 0; round < 3; round++)
        {
            var before = new Position(yui.Room.Epoch, yui.Room.Offset);
            var publishing = Enumerable.Range(200 * round, 200).Select(i => Publish(i, null)).ToList();
            await await Task.WhenAny(publishing);
            server.Kill();
            server.Start();
            var results = await Task.WhenAll(publishing);
            for (var i = 0; i < 200; i++)
            {
                var (number, result) = (200 * round + i, results[i]);
                // What was not acknowledged is sent again, in order.
                while (result.Code != RefusalCode.None) result = await Publish(number, before);
                kept[number] = result.Offset;
            }
        }

        await Settling.UntilAsync(() => EngineContract.Offsets(reader).LastOrDefault() >= kept.Values.Max());
        Assert.Equal(kept.Values.Order(), kept.Values);
        Assert.Equal(600, reader.Link.Received.Count(static text => text[8] == 'm'));
        Assert.All(kept, pair => Assert.Equal(
            $"{pair.Value:D8}m{pair.Key}", Assert.Single(reader.Link.Received, text => text[8..] == $"m{pair.Key}")));

        Task<PublishResult> Publish(int number, Position? firstSeen) =>
            EngineContract.PublishAsync(yui, $"m{number}", $"id{number}", firstSeen);
    }

    [Fact(Timeout = Limit)]
    public async Task Epoch_ThatEndsInTheMiddle_LetsNothingOvertake()
    {
        await using var cluster = Join(2);
        var yui = await cluster[0].Hub.ComeAsync();
        var raw = await cluster[1].Hub.ComeAsync();
        for (var round = 0; round < 5; round++)
        {
            var publishing = Enumerable.Range(300 * round, 300).Select(i => yui.SayAsync($"{i}").SettledAsync()).ToList();
            await await Task.WhenAny(publishing);
            server.Run("flushall");
            await Task.WhenAll(publishing);
        }
        await yui.SayAsync("end").SettledAsync();
        await Settling.UntilAsync(() => raw.Received.Count > 0 && raw.Received[^1] == "end");

        // What was kept behind the beginning of an epoch was heard, or is lost with it; nothing twice, and all in the order of saying.
        var heard = raw.Received.SkipLast(1).Select(static text => int.Parse(text)).ToList();
        Assert.NotEmpty(heard);
        Assert.Equal(heard.Distinct().Order(), heard);
    }

    [Theory(Timeout = Limit)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Batches_AtRandom_AreAsIfEachHadGoneAlone(int seed)
    {
        var random = new Random(seed);
        await using var cluster = Join(2, new HubOptions { Log = { MaxStateKeys = 3, Messages = 10_000 } });
        var yui = new[] { await cluster[0].Hub.ComeWithSessionAsync("yui"), await cluster[1].Hub.ComeWithSessionAsync("yui") };
        var reader = await EngineContract.JoinAsync(cluster[1].Hub, state: true);
        var model = new Model();
        for (var round = 0; round < 12; round++)
        {
            var (peer, expected, fresh) = (yui[random.Next(2)], new List<(long, RefusalCode)>(), new HashSet<int>(Enumerable.Range(0, 60)));
            var results = await HaltedAsync(() => [.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => Do(peer, expected, fresh))]);
            Assert.Equal(expected, results.Select(static result => (result.Offset, result.Code)));
        }
        await Settling.UntilAsync(() => yui.All(peer => peer.Room.Offset == model.Last));

        Assert.Equal(Enumerable.Range(1, (int)model.Last), EngineContract.Offsets(reader).Where(static offset => offset > 0).Distinct());
        Assert.All(yui, peer => Assert.Equal(
            model.Keys.OrderBy(static pair => pair.Value).Select(static pair => (pair.Key, pair.Value)),
            peer.Room.State.List().Keys.Select(static key => (key.Key!, key.Offset))));

        Task<PublishResult> Do(TestPeer peer, List<(long, RefusalCode)> expected, HashSet<int> fresh)
        {
            var key = $"k{random.Next(5)}";
            switch (random.Next(6))
            {
                case 0:
                    expected.Add(model.Publish());
                    return peer.SayAsync("x").SettledAsync();
                // Of one that is under way a hub knows only what it stands for there.
                case 1 when random.Next(60) is var number && fresh.Remove(number):
                    var (id, text) = ($"id{number}", $"{random.Next(2)}");
                    expected.Add(model.Publish(id, text));
                    return EngineContract.PublishAsync(peer, text, id);
                case 2:
                    expected.Add((0, RefusalCode.None));
                    return Task.FromResult(peer.Room.Send("tick", isTransient: true)).SettledAsync();
                case 3:
                    expected.Add(model.Set(key, KeyCondition.Absent));
                    return peer.Room.State.Set(key, "1", condition: KeyCondition.Absent).SettledAsync();
                case 4:
                    expected.Add(model.Set(key, default));
                    return peer.Room.State.Set(key, "2").SettledAsync();
                default:
                    expected.Add(model.Remove(key));
                    return peer.Room.State.Remove(key).SettledAsync();
            }
        }
    }

    private Cluster Join(int hubs, HubOptions? options = null) =>
        new Cluster(server.Address, options, new RedisOptions { Patience = TimeSpan.FromSeconds(30) }).With(hubs);

    /// <summary>Does this while Redis stands still: the first goes alone, and the rest waits for it.</summary>
    private async Task<PublishResult[]> HaltedAsync(Func<List<Task<PublishResult>>> publish)
    {
        server.Halt(isHalted: true);
        var publishing = publish();
        server.Halt(isHalted: false);
        return await Task.WhenAll(publishing).WithDeadline();
    }

    private int Calls()
    {
        const string name = "cmdstat_evalsha:";
        var line = server.Run("info", "commandstats").Split('\n').First(static line => line.StartsWith(name, StringComparison.Ordinal));
        return int.Parse(line.Split('=', ',')[1]);
    }

    /// <summary>What a room does with one entry after the other.</summary>
    private sealed class Model
    {
        private readonly Dictionary<string, (string Text, long Offset)> ids = [];

        public long Last { get; private set; }

        public Dictionary<string, long> Keys { get; } = [];

        public (long, RefusalCode) Publish() => (++Last, RefusalCode.None);

        public (long, RefusalCode) Publish(string id, string text)
        {
            if (!ids.TryGetValue(id, out var known)) ids[id] = known = (text, ++Last);
            return known.Text == text ? (known.Offset, RefusalCode.None) : (0, RefusalCode.IdReused);
        }

        public (long, RefusalCode) Set(string key, KeyCondition condition)
        {
            if (condition == KeyCondition.Absent && Keys.ContainsKey(key)) return (0, RefusalCode.ConditionFailed);
            if (!Keys.ContainsKey(key) && Keys.Count == 3) return (0, RefusalCode.Full);
            Keys[key] = ++Last;
            return (Last, RefusalCode.None);
        }

        public (long, RefusalCode) Remove(string key) => (Keys.Remove(key) ? ++Last : 0, RefusalCode.None);
    }
}
