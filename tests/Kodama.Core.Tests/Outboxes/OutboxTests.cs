using System.Text;

namespace Kodama.Core.Tests;

public class OutboxTests
{
    // What an outbox takes from the budget at once.
    private const int OneChunk = 16 * 1024;

    [Fact]
    public void TryEnqueue_FirstFrame_AsksForFlushOnceUntilDrained()
    {
        var outbox = new Outbox(new());

        Assert.Equal(EnqueueResult.QueuedFirst, outbox.Put("a"));
        Assert.Equal(EnqueueResult.Queued, outbox.Put("b"));
        outbox.TakeAll();
        Assert.Equal(EnqueueResult.QueuedFirst, outbox.Put("c"));
    }

    [Fact]
    public void Peek_AdjacentFrames_LeaveAsOnePiece()
    {
        var outbox = new Outbox(new());

        for (var i = 0; i < 50; i++) outbox.Put("frame");
        // They are written behind what this thread wrote before, and its chunk may end among them: those that come next are in a new one.
        if (outbox.Peek().Length < 250)
        {
            outbox.TakeAll();
            for (var i = 0; i < 50; i++) outbox.Put("frame");
        }

        Assert.Equal(250, outbox.Peek().Length);
        Assert.Equal(50, outbox.QueuedFrames);
        outbox.Advance(250);
        Assert.True(outbox.Peek().IsEmpty);
        Assert.Equal(0, outbox.QueuedFrames);
    }

    [Fact]
    public void Advance_PartOfTheBytes_LeavesTheRestForTheNextPeek()
    {
        var outbox = new Outbox(new());
        outbox.Put("hello");
        outbox.Peek();

        outbox.Advance(2);

        Assert.Equal("llo", Encoding.UTF8.GetString(outbox.Peek().Span));
        Assert.Equal(3, outbox.QueuedBytes);
        Assert.Equal(1, outbox.QueuedFrames);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(6)]
    public void Advance_CountThatWasNotPeeked_Throws(int count)
    {
        var outbox = new Outbox(new());
        outbox.Put("hello");
        outbox.Peek();
        outbox.Put("!");

        Assert.Throws<ArgumentOutOfRangeException>(() => outbox.Advance(count));
    }

    [Fact]
    public void Advance_RunThatGrewSinceThePeek_CountsOnlyWhatWaits()
    {
        var outbox = new Outbox(new() { MaxFrames = 4 });
        outbox.Put("a");
        for (var i = 0; i < 1000; i++)
        {
            var length = outbox.Peek().Length;
            Assert.Equal(EnqueueResult.Queued, outbox.Put("b"));
            outbox.Advance(length);
            Assert.Equal(1, outbox.QueuedFrames);
        }
    }

    [Fact]
    public void Advance_AlwaysPartly_CountsOnlyWhatWaits()
    {
        var outbox = new Outbox(new() { MaxFrames = 8 });
        outbox.Put("aa");
        for (var i = 0; i < 1000; i++)
        {
            Assert.NotEqual(EnqueueResult.Full, outbox.Put("bb"));
            outbox.Peek();
            outbox.Advance(1);
            outbox.Peek();
            outbox.Advance(1);
        }
        Assert.InRange(outbox.QueuedFrames, 1, 3);
    }

    [Theory]
    [InlineData(3, int.MaxValue)]
    [InlineData(int.MaxValue, 30)]
    public void TryEnqueue_OverABoundWithPolicyDisconnect_IsFullForGood(int maxFrames, int maxBytes)
    {
        var outbox = new Outbox(new() { MaxFrames = maxFrames, MaxBytes = maxBytes });
        for (var i = 0; i < 3; i++) Assert.NotEqual(EnqueueResult.Full, outbox.Put("0123456789"));

        Assert.Equal(EnqueueResult.Full, outbox.Put("x"));
        outbox.TakeAll();
        Assert.Equal(EnqueueResult.Full, outbox.Put("behind the gap"));
    }

    [Fact]
    public void TryEnqueue_OverABoundWithPolicyDropOldest_KeepsTheHeadAndTheNewest()
    {
        var outbox = new Outbox(new() { MaxFrames = 3 });

        foreach (var text in "abcdefg") Assert.NotEqual(EnqueueResult.Full, outbox.Put(text.ToString(), SlowPeerPolicy.DropOldest));

        Assert.Equal(["a", "f", "g"], outbox.TakeAll());
        Assert.Equal(4, outbox.Dropped);
        Assert.Equal(7, outbox.Enqueued);
    }

    [Fact]
    public void TryEnqueue_MixedPolicies_DropsOnlyWhatMayBeDropped()
    {
        var outbox = new Outbox(new() { MaxFrames = 5 });
        outbox.Put("head");
        outbox.Put("keep1");
        outbox.Put("old", SlowPeerPolicy.DropOldest);
        outbox.Put("keep2");
        outbox.Put("older", SlowPeerPolicy.DropOldest);

        Assert.Equal(EnqueueResult.Queued, outbox.Put("keep3"));
        Assert.Equal(EnqueueResult.Queued, outbox.Put("new", SlowPeerPolicy.DropOldest));

        Assert.Equal("headkeep1keep2keep3new", string.Concat(outbox.TakeAll()));
        Assert.Equal(2, outbox.Dropped);
    }

    [Fact]
    public void TryEnqueue_FrameThatCannotFitEvenIfAllGoes_DropsThatFrameAlone()
    {
        var outbox = new Outbox(new() { MaxBytes = 10 });
        outbox.Put("a", SlowPeerPolicy.DropOldest);
        outbox.Put("b", SlowPeerPolicy.DropOldest);

        Assert.Equal(EnqueueResult.Dropped, outbox.Put("eleven byte", SlowPeerPolicy.DropOldest));

        Assert.Equal(["a", "b"], outbox.TakeAll());
        Assert.Equal(1, outbox.Dropped);
    }

    [Fact]
    public void TryEnqueue_OversizeFrameIntoAnEmptyOutbox_IsTaken()
    {
        var outbox = new Outbox(new() { MaxBytes = 10 });
        var large = new string('x', 100_000);

        Assert.Equal(EnqueueResult.QueuedFirst, outbox.Put(large));
        Assert.Equal(large, Assert.Single(outbox.TakeAll()));
    }

    [Fact]
    public void TryEnqueue_HeadInFlight_IsNeverDropped()
    {
        var outbox = new Outbox(new() { MaxFrames = 2 });
        outbox.Put("head", SlowPeerPolicy.DropOldest);
        var inFlight = outbox.Peek();

        for (var i = 0; i < 100; i++) outbox.Put($"{i}", SlowPeerPolicy.DropOldest);

        Assert.Equal("head", Encoding.UTF8.GetString(inFlight.Span));
        outbox.Advance(4);
        Assert.Equal(["99"], outbox.TakeAll());
    }

    [Fact]
    public void Release_FrameThatNoOutboxKept_IsReleasedByItsRenterAlone()
    {
        var outbox = new Outbox(new() { MaxFrames = 1 });
        outbox.Put("a");
        var frame = OutboxDriver.OwnFrame();

        Assert.Equal(EnqueueResult.Full, outbox.TryEnqueue(frame, SlowPeerPolicy.Disconnect));

        Assert.Equal(1, frame.Chunk!.References);
        frame.Release();
        Assert.Equal(0, frame.Chunk.References);
        Assert.Throws<InvalidOperationException>(frame.Release);
    }

    [Fact]
    public void Advance_AllSent_LetsTheMemoryGo()
    {
        var outbox = new Outbox(new());
        var frame = OutboxDriver.OwnFrame();
        outbox.TryEnqueue(frame, SlowPeerPolicy.Disconnect);
        frame.Release();
        Assert.Equal(1, frame.Chunk!.References);

        outbox.TakeAll();

        Assert.Equal(0, frame.Chunk.References);
    }

    [Fact]
    public void TryEnqueue_WhenBlocked_CopiesSoThatSharedMemoryIsFree()
    {
        var outbox = new Outbox(new());
        outbox.Put("first");
        outbox.Peek();
        outbox.Blocked();
        var shared = Frame.Copy("second"u8);
        var before = shared.Chunk!.References;

        outbox.TryEnqueue(shared, SlowPeerPolicy.Disconnect);

        Assert.Equal(before, shared.Chunk.References);
        shared.Span.Fill((byte)'!');
        shared.Release();
        Assert.Equal("firstsecond", string.Concat(outbox.TakeAll()));
    }

    [Fact]
    public void TryEnqueue_WhenAllOutboxesTogetherHoldTooMuch_TakesThePolicy()
    {
        var budget = new OutboxBudget(16 * 1024);
        var (first, second) = (new Outbox(new(), budget), new Outbox(new(), budget));
        foreach (var outbox in new[] { first, second })
        {
            outbox.Put("in flight");
            outbox.Peek();
            outbox.Blocked();
        }

        Assert.Equal(EnqueueResult.Queued, first.Put("copied"));
        Assert.Equal(EnqueueResult.Dropped, second.Put("one too many", SlowPeerPolicy.DropOldest));
        Assert.Equal(EnqueueResult.Full, second.Put("one too many"));

        Assert.Equal(["in flight", "copied"], first.TakeAll());
        first.Peek();
        Assert.True(budget.TryTake(16 * 1024));
    }

    [Fact]
    public void TryEnqueue_OfAPeerThatHoldsNoCopy_HasAnEighthOfTheBudgetThatThoseWhoHoldSomeCannotTake()
    {
        var budget = new OutboxBudget(8 * OneChunk);
        Outbox[] hoarders = [.. Enumerable.Range(0, 7).Select(_ => Blocked(budget))];
        Assert.All(hoarders, hoarder => Assert.Equal(EnqueueResult.Queued, hoarder.Put(new string('h', OneChunk))));
        Assert.Equal(EnqueueResult.Full, hoarders[0].Put("one chunk more"));

        var modest = Blocked(budget);
        Assert.Equal(EnqueueResult.Queued, modest.Put("modest"));

        Assert.Equal(EnqueueResult.Full, modest.Put(new string('m', OneChunk)));
        Assert.Equal(["in flight", "modest"], modest.TakeAll());
        Assert.Equal(EnqueueResult.Full, Blocked(new OutboxBudget(0)).Put("nothing is left"));
    }

    [Theory]
    [InlineData(4000)]
    [InlineData(2000)]
    [InlineData(9000)]
    public void TryEnqueue_DropOldestWhenTheBudgetIsSpent_KeepsTheNewest(int size)
    {
        var budget = new OutboxBudget(16 * 1024);
        var outbox = new Outbox(new(), budget);
        outbox.Put("Z", SlowPeerPolicy.DropOldest);
        outbox.Peek();
        outbox.Blocked();
        for (var i = 0; i < 4; i++)
            Assert.Equal(EnqueueResult.Queued, outbox.Put(new string((char)('a' + i), 4000), SlowPeerPolicy.DropOldest));

        for (var i = 4; i < 20; i++)
            Assert.Equal(EnqueueResult.Queued, outbox.Put(new string((char)('a' + i), size), SlowPeerPolicy.DropOldest));

        var sent = string.Concat(outbox.TakeAll().Select(frame => frame[0]));
        Assert.StartsWith("Z", sent, StringComparison.Ordinal);
        Assert.EndsWith("t", sent, StringComparison.Ordinal);
        Assert.Equal(sent.Length, sent.Distinct().Count());
        Assert.Equal(sent[1..], string.Concat(sent[1..].Order()));
        Assert.Equal(21 - sent.Length, outbox.Dropped);
        Assert.True(budget.TryTake(16 * 1024));
    }

    [Fact]
    public void TryEnqueue_DropOldestWhenOthersHaveSpentTheBudget_KeepsTheNewestInSharedMemory()
    {
        var budget = new OutboxBudget(0);
        var outbox = new Outbox(new(), budget);
        foreach (var text in new[] { "in flight", "old", "older than new" }) outbox.Put(text, SlowPeerPolicy.DropOldest);
        outbox.Peek();
        outbox.Blocked();

        Assert.Equal(EnqueueResult.Queued, outbox.Put("new", SlowPeerPolicy.DropOldest));

        Assert.Equal(["in flight", "older than new", "new"], outbox.TakeAll());
        Assert.Equal(1, outbox.Dropped);
    }

    [Fact]
    public void TryEnqueue_DropOldestWithNothingToDrop_DropsTheNewest()
    {
        var outbox = new Outbox(new(), new OutboxBudget(0));
        outbox.Put("in flight", SlowPeerPolicy.DropOldest);
        outbox.Peek();
        outbox.Blocked();

        Assert.Equal(EnqueueResult.Dropped, outbox.Put("new", SlowPeerPolicy.DropOldest));
        Assert.Equal(["in flight"], outbox.TakeAll());
    }

    [Fact]
    public void Peek_DrainedAfterBlocked_SharesMemoryAgain()
    {
        var outbox = new Outbox(new());
        outbox.Put("first");
        outbox.Peek();
        outbox.Blocked();
        outbox.Put("second");
        outbox.TakeAll();
        var frame = OutboxDriver.OwnFrame();

        outbox.TryEnqueue(frame, SlowPeerPolicy.Disconnect);

        Assert.Equal(2, frame.Chunk!.References);
    }

    [Fact]
    public void Append_BetweenMessages_KeepsItsPlaceAndTakesNoPartOfTheirChunk()
    {
        var outbox = new Outbox(new());
        var other = new Outbox(new());
        foreach (var text in new[] { "a", "b" })
        {
            var frame = Frame.Copy(System.Text.Encoding.UTF8.GetBytes(text));
            outbox.TryEnqueue(frame, SlowPeerPolicy.Disconnect);
            other.TryEnqueue(frame, SlowPeerPolicy.Disconnect);
            frame.Release();
            Assert.True(outbox.TryAppend("pong"u8));
            Assert.True(outbox.TryAppend("pang"u8));
        }

        Assert.Equal(["a", "pongpang", "b", "pongpang"], outbox.TakeAll());
        // Who gets the messages only gets them in one piece.
        Assert.Equal(["ab"], other.TakeAll());
        Assert.Equal(2, outbox.Enqueued);
    }

    [Fact]
    public void Append_WithoutRoom_IsRefusedAndCondemnsNobody()
    {
        var outbox = new Outbox(new OutboxOptions { MaxFrames = 2 });
        outbox.Put("first");
        outbox.Put("second");

        Assert.False(outbox.TryAppend("pong"u8));

        Assert.Equal(["firstsecond"], outbox.TakeAll());
        Assert.Equal(EnqueueResult.QueuedFirst, outbox.Put("third"));
    }

    [Fact]
    public void Append_BeyondTheBudgetOfAll_IsRefused()
    {
        var budget = new OutboxBudget(OneChunk);
        var outbox = new Outbox(new(), budget);
        Assert.True(budget.TryTake(OneChunk));

        Assert.False(outbox.TryAppend("pong"u8));

        budget.Return(OneChunk);
        Assert.True(outbox.TryAppend("pong"u8));
        Assert.Equal(["pong"], outbox.TakeAll());
        Assert.True(budget.TryTake(OneChunk));
    }

    [Fact]
    public void Complete_WithFramesWaiting_SendsThemAndTakesNoMore()
    {
        var outbox = new Outbox(new());
        outbox.Put("first");

        outbox.Complete();

        Assert.Equal(EnqueueResult.Closed, outbox.Put("late"));
        Assert.False(outbox.TryAppend("pong"u8));
        Assert.Equal(["first"], outbox.TakeAll());
    }

    [Fact]
    public void Close_BytesInFlight_StayValidUntilAdvance()
    {
        var outbox = new Outbox(new());
        var first = OutboxDriver.OwnFrame();
        var second = OutboxDriver.OwnFrame();
        foreach (var frame in new[] { first, second })
        {
            outbox.TryEnqueue(frame, SlowPeerPolicy.Disconnect);
            frame.Release();
        }
        outbox.Peek();

        outbox.Close();

        Assert.Equal((1, 0), (first.Chunk!.References, second.Chunk!.References));
        Assert.Equal(EnqueueResult.Closed, outbox.Put("late"));
        outbox.Advance(first.Length);
        Assert.Equal(0, first.Chunk.References);
        Assert.True(outbox.Peek().IsEmpty);
    }

    [Fact]
    public void Close_NothingInFlight_LetsAllGoAtOnce()
    {
        var outbox = new Outbox(new());
        var frame = OutboxDriver.OwnFrame();
        outbox.TryEnqueue(frame, SlowPeerPolicy.DropOldest);
        frame.Release();

        outbox.Close();
        outbox.Close();

        Assert.Equal(0, frame.Chunk!.References);
        Assert.Equal((0, 0), (outbox.QueuedBytes, outbox.QueuedFrames));
    }

    private static Outbox Blocked(OutboxBudget budget)
    {
        var outbox = new Outbox(new(), budget);
        outbox.Put("in flight");
        outbox.Peek();
        outbox.Blocked();
        return outbox;
    }
}
