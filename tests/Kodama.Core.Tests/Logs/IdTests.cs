namespace Kodama.Core.Tests;

public class IdTests
{
    [Fact]
    public async Task Publish_SameIdAgain_IsPublishedOnceAndAnswersItsPlace()
    {
        var (hub, yui, ren) = await MakeAsync();

        var first = await SayAsync(yui, "hello", "a");
        var again = await SayAsync(yui, "hello", "a", new Position(yui.Room.Epoch, 0));

        Assert.Equal((1, false), (first.Offset, first.IsDuplicate));
        Assert.Equal((1, true), (again.Offset, again.IsDuplicate));
        Assert.Equal(["hello"], ren.Received);
        Assert.Equal(1, hub.Counts.MessagesIn);
    }

    [Fact]
    public async Task Publish_SameIdForAnotherContent_IsRefused()
    {
        var (_, yui, ren) = await MakeAsync();
        await SayAsync(yui, "hello", "a");

        Assert.Equal(RefusalCode.IdReused, (await SayAsync(yui, "other", "a")).Code);
        Assert.Equal(["hello"], ren.Received);
    }

    [Fact]
    public async Task Publish_SameIdOfAnotherAuthor_IsItsOwn()
    {
        var (_, yui, ren) = await MakeAsync();

        Assert.Equal(1, (await SayAsync(yui, "hello", "a")).Offset);
        Assert.Equal(2, (await SayAsync(ren, "other", "a")).Offset);
    }

    [Fact]
    public async Task Publish_AgainAfterAFilterReplacedIt_IsKnown()
    {
        var asked = 0;
        var hub = new Hub(rules: new HubRules().Filter(_ =>
        {
            asked++;
            return FilterResult.Replace("masked");
        }));
        var yui = await hub.ComeAsync();

        await SayAsync(yui, "plain", "a");
        Assert.True((await SayAsync(yui, "plain", "a")).IsDuplicate);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Publish_AgainFromAnotherEpoch_IsOfUnknownOutcome()
    {
        var (_, yui, _) = await MakeAsync();

        Assert.Equal(RefusalCode.OutcomeUnknown, (await SayAsync(yui, "hello", "a", new Position("other", 0))).Code);
        Assert.Equal(RefusalCode.OutcomeUnknown, (await SayAsync(yui, "hello", "a", new Position(yui.Room.Epoch, 7))).Code);
    }

    [Fact]
    public async Task Publish_AgainBehindWhatIsRemembered_IsOfUnknownOutcomeAndAFirstAttemptIsNot()
    {
        var (_, yui, _) = await MakeAsync();
        for (var i = 0; i < IdWindow.MostOfAuthor + 10; i++) await SayAsync(yui, "x", $"id{i}");
        var epoch = yui.Room.Epoch;

        // The first ten are forgotten: of what was sent before them nothing is known, of what was sent after them all.
        Assert.Equal(RefusalCode.OutcomeUnknown, (await SayAsync(yui, "x", "id9", new Position(epoch, 9))).Code);
        Assert.True((await SayAsync(yui, "x", "id10", new Position(epoch, 10))).IsDuplicate);
        Assert.Equal(IdWindow.MostOfAuthor + 11, (await SayAsync(yui, "x", "lost", new Position(epoch, 10))).Offset);
        Assert.Equal(IdWindow.MostOfAuthor + 12, (await SayAsync(yui, "x", "new")).Offset);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("日本")]
    [InlineData("\u0001")]
    public async Task Publish_IdThatIsNone_IsRefused(string id)
    {
        var (_, yui, _) = await MakeAsync();

        Assert.Equal(RefusalCode.Invalid, (await SayAsync(yui, "x", id)).Code);
        Assert.Equal(RefusalCode.Invalid, (await SayAsync(yui, "x", new string('a', 10_240))).Code);
    }

    [Fact]
    public async Task Publish_SameIdsRacing_EachIsPublishedOnce()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        var ren = await hub.ComeAsync();

        Race.Run([.. Enumerable.Range(0, 4).Select(_ => (Action)(() =>
        {
            for (var i = 0; i < 200; i++) SayAsync(yui, $"m{i}", $"id{i}").GetAwaiter().GetResult();
        }))]);

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"m{i}").Order(), ren.Received.Order());
    }

    [Fact]
    public void Window_OfOneHastyAuthor_ForgetsNobodyElses()
    {
        var budget = new LogBudget(long.MaxValue);
        var window = new IdWindow(budget);
        window.Add("quiet", "q", new(1, 1, null), 0);
        for (var i = 2; i < 20_000; i++) window.Add("hasty", $"{i}", new(2, i, null), i);

        Assert.Equal(1, window.Find("quiet", "q")!.Offset);
        Assert.Null(window.Find("hasty", "2"));
        Assert.Equal(0, window.ForgottenOf("quiet"));
        Assert.Equal(20_000 - IdWindow.MostOfAuthor - 1, window.ForgottenOf("hasty"));
        window.TrimOlder(30_000);
        Assert.Equal((0, 0), (window.Count, budget.Taken));
        Assert.Equal(19_999, window.ForgottenOf("new"));
    }

    [Fact]
    public async Task Publish_AFloodWithoutNames_ForgetsNobodysIds()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        var before = new Position(yui.Room.Epoch, 0);
        await SayAsync(yui, "hello", "a");
        var publisher = new PeerDescription { Door = "http", Encoder = LengthPrefixed.Plain };
        for (var i = 0; i <= IdWindow.Most; i++)
        {
            var options = new PublishOptions(new PublishId($"{i}", Scope: PublishId.Anonymous));
            Assert.Null((await hub.PublishAsync(publisher, "lobby", "x", Message.DefaultEvent, options)).Refusal);
        }

        Assert.True((await SayAsync(yui, "hello", "a", before)).IsDuplicate);
        Assert.Equal(RefusalCode.None, (await SayAsync(yui, "lost on the way", "b", before)).Code);
    }

    [Fact]
    public void Window_ThatIsFull_ForgetsIdsWithoutNamesFirst()
    {
        var window = new IdWindow(new LogBudget(long.MaxValue));
        var offset = 0L;
        window.Add("first", "a", new(1, ++offset, null), 0);
        for (var i = 0; i < IdWindow.MostAnonymous; i++) window.Add(PublishId.Anonymous, $"{i}", new(1, ++offset, null), 0);
        for (var i = 0; i < IdWindow.Most - IdWindow.MostAnonymous; i++) window.Add($"author{i}", "a", new(1, ++offset, null), 0);

        Assert.Equal(IdWindow.Most, window.Count);
        Assert.NotNull(window.Find("first", "a"));
        Assert.Null(window.Find(PublishId.Anonymous, "0"));
        Assert.NotNull(window.Find(PublishId.Anonymous, "1"));
        Assert.Equal(0, window.ForgottenOf("new"));
    }

    [Fact]
    public void Window_WhoseOldestIsUnderWay_HasNoPlaceAndForgetsNothing()
    {
        var window = new IdWindow(new LogBudget(long.MaxValue));
        var pending = new TaskCompletionSource<PublishResult>().Task;
        for (var i = 0; i < IdWindow.Most; i++) window.Add($"author{i}", "a", new(1, 0, pending), i);

        Assert.False(window.HasPlaceFor("new"));
        window.TrimOlder(long.MaxValue);
        Assert.Equal(IdWindow.Most, window.Count);
        window.Settle("author0", "a", 1);
        Assert.True(window.HasPlaceFor("new"));
        window.Settle("author1", "a", 0);
        window.TrimOlder(long.MaxValue);
        Assert.Equal(IdWindow.Most - 2, window.Count);
        Assert.Equal(1, window.ForgottenOf("new"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Window_OfManyAuthors_ForgetsNothingThatIsUnderWayAndSaysWhatItForgot(int seed)
    {
        var (random, budget) = (new Random(seed), new LogBudget(long.MaxValue));
        var window = new IdWindow(budget);
        var pending = new TaskCompletionSource<PublishResult>().Task;
        var underWay = new Dictionary<(string Author, string Id), long>();
        var placed = new Dictionary<(string Author, string Id), long>();
        string[] authors = ["a", "b", "c", "d", PublishId.Anonymous];
        var (offset, busy) = (0L, 0);
        for (var step = 0L; step < 20_000; step++)
        {
            var author = authors[random.Next(random.Next(1, authors.Length + 1))];
            var key = (author, $"id{random.Next(2000)}");
            switch (random.Next(8))
            {
                case < 5 when window.Find(author, key.Item2) is null:
                    if (!window.HasPlaceFor(author)) busy++;
                    else window.Add(author, key.Item2, new(1, 0, pending), underWay[key] = step);
                    break;
                case 5 when underWay.Count > 0:
                    var failed = underWay.Keys.ElementAt(random.Next(underWay.Count));
                    underWay.Remove(failed);
                    window.Settle(failed.Author, failed.Id, 0);
                    Assert.Null(window.Find(failed.Author, failed.Id));
                    break;
                case 6 when random.Next(200) == 0:
                    // An engine decides in order.
                    foreach (var (kept, _) in underWay.OrderBy(pair => pair.Value).Take(random.Next(2000)).ToList())
                    {
                        underWay.Remove(kept);
                        window.Settle(kept.Author, kept.Id, placed[kept] = ++offset);
                    }
                    break;
                case 7 when random.Next(50) == 0:
                    window.TrimOlder(step - 2000);
                    break;
            }
        }

        Assert.True(busy > 0, "Some author had as many under way as it may.");
        Assert.All(underWay.Keys, key => Assert.True(window.Find(key.Author, key.Id)!.IsUnderWay));
        Assert.All(authors, author => Assert.Equal(underWay.Keys.Count(key => key.Author == author), window.UnderWay(author)));
        Assert.All(
            placed.Where(pair => !underWay.ContainsKey(pair.Key) && pair.Value > window.ForgottenOf(pair.Key.Author)),
            pair => Assert.Equal(pair.Value, window.Find(pair.Key.Author, pair.Key.Id)!.Offset));
        var taken = budget.Taken;
        window.Clear();
        Assert.Equal((0, 0, true), (budget.Taken, window.Count, taken > 0));
        window.Add("a", "after", new(1, offset, null), 0);
        window.Halve();
        window.TrimOlder(1);
        Assert.Equal((0, 0), (budget.Taken, window.Count));
    }

    [Fact]
    public async Task Publish_TransientWithAnId_IsInvalid()
    {
        var (hub, yui, ren) = await MakeAsync();
        var batch = FlushBatch.Rent();
        var options = new PublishOptions(new PublishId("a"), IsTransient: true);

        var result = await hub.PublishAsync(yui.Peer, yui.Room, "tick", Message.DefaultEvent, options, batch);
        batch.Dispose();

        Assert.Equal(RefusalCode.Invalid, result.Code);
        Assert.Empty(ren.Received);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void Window_CountsWhatItTakes(int idsOfAuthor)
    {
        const int ids = 4000;
        var budget = new LogBudget(long.MaxValue);
        var window = new IdWindow(budget);
        var authors = Enumerable.Range(0, ids / idsOfAuthor).Select(i => $"anonymous {i:D13}").ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread() - (authors.Length * Weight.Of(authors[0]));
        for (var i = 0; i < ids; i++) window.Add(authors[i / idsOfAuthor], $"id-{i:D13}", new(1, i, null), i);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // What was thrown away while the tables grew is no more than what they are.
        Assert.InRange(allocated, budget.Taken / 2, budget.Taken * 3 / 2);
        window.Halve();
        Assert.Equal(ids / 2, window.Count);
        window.TrimOlder(ids);
        Assert.Equal(0, budget.Taken);
    }

    private static async Task<(Hub Hub, TestPeer Yui, TestPeer Ren)> MakeAsync()
    {
        var hub = new Hub();
        return (hub, await hub.ComeAsync(), await hub.ComeAsync());
    }

    private static async Task<PublishResult> SayAsync(TestPeer peer, string text, string id, Position? firstSeen = null)
    {
        var batch = FlushBatch.Rent();
        var result = await peer.Peer.Hub.PublishAsync(
            peer.Peer, peer.Room, text, Message.DefaultEvent, new PublishOptions(new PublishId(id, firstSeen)), batch);
        batch.Dispose();
        return result;
    }
}
