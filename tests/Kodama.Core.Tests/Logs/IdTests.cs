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
        for (var i = 2; i < 5000; i++) window.Add("hasty", $"{i}", new(2, i, null), i);

        Assert.Equal(1, window.Find("quiet", "q")!.Offset);
        Assert.Null(window.Find("hasty", "2"));
        Assert.Equal(0, window.ForgottenOf("quiet"));
        Assert.Equal(5000 - IdWindow.MostOfAuthor - 1, window.ForgottenOf("hasty"));
        window.TrimOlder(10_000);
        Assert.Equal((0, 0), (window.Count, budget.Taken));
        Assert.Equal(4999, window.ForgottenOf("new"));
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
