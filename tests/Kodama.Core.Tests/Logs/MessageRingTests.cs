using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Kodama.Core.Tests;

/// <summary>Random messages, bounds and trims against a list.</summary>
public class MessageRingTests
{
    private static readonly Arbitrary<int[]> Lengths = Gen.Choose(0, 900).ArrayOf().ToArbitrary();

    [Theory]
    [InlineData(1, 5000)]
    [InlineData(7, 5000)]
    [InlineData(256, 3000)]
    [InlineData(1000, 700)]
    [InlineData(1000, 0)]
    public void Ring_AnyMessages_KeepsTheNewestAsTheyWere(int mostMessages, int mostBytes) =>
        Prop.ForAll(Lengths, lengths => Run(lengths, mostMessages, mostBytes))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(300));

    [Fact]
    public void Budget_AfterAllIsGone_IsGivenBack()
    {
        var budget = new LogBudget(long.MaxValue);
        var ring = new MessageRing(budget);
        for (var i = 1; i <= 100; i++) ring.Add(Text($"{i}", i), null, i, new Retention(64, 10_000, default, default));

        Assert.Equal(ring.Capacity, budget.Taken);
        ring.Halve();
        Assert.Equal(32, ring.Count);
        Assert.Equal(ring.Capacity, budget.Taken);
        ring.TrimOlder(101);
        Assert.Equal((0, 0, 100), (ring.Count, budget.Taken, ring.Trimmed));
    }

    [Fact]
    public void Budget_CountsWhatMessagesHoldBesideTheirPayload()
    {
        Fill(new LogBudget(long.MaxValue));
        var budget = new LogBudget(long.MaxValue);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var ring = Fill(budget);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // The rings have been made anew with each doubling, and who counts details may need an enumerator.
        Assert.InRange(allocated, budget.Taken / 2, budget.Taken * 5 / 4);
        ring.Clear(100);
        Assert.Equal(0, budget.Taken);
    }

    private static MessageRing Fill(LogBudget budget)
    {
        var ring = new MessageRing(budget);
        var retention = new Retention(256, 1_000_000, default, default);
        for (var i = 1; i <= 100; i++)
        {
            var details = new Dictionary<string, string> { [$"name {i}"] = new('n', 700), [$"city {i}"] = new('c', 300) };
            var message = new Message(null, null, new string('e', 200), Payload.Of(new byte[1]), default, i)
            {
                Author = new Author(new string('a', 22), details),
                Id = new string('i', 36),
            };
            ring.Add(message, new HashSet<string> { new('x', 22) }, i, retention);
        }
        return ring;
    }

    [Fact]
    public void Author_OfManyMessages_IsCountedOnceUntilTheLastIsGone()
    {
        var budget = new LogBudget(long.MaxValue);
        var ring = new MessageRing(budget);
        var author = new Author("yui", new Dictionary<string, string> { ["bio"] = new('b', 10_000) });
        var retention = new Retention(4, 1_000_000, default, default);
        for (var i = 1; i <= 9; i++) ring.Add(By(author, i), null, i, retention);
        Assert.InRange(budget.Taken, 20_000, 22_000);

        for (var i = 10; i <= 12; i++) ring.Add(By(null, i), null, i, retention);
        Assert.InRange(budget.Taken, 20_000, 22_000);
        ring.Add(By(null, 13), null, 13, retention);

        Assert.InRange(budget.Taken, 1, 2000);

        static Message By(Author? said, long offset) =>
            new(null, null, Message.DefaultEvent, Payload.Of(new byte[1]), default, offset) { Author = said };
    }

    [Fact]
    public void Bytes_OfAuthors_CountAgainstTheBoundOfTheRoom()
    {
        var ring = new MessageRing(new LogBudget(long.MaxValue));
        var author = new Author("yui", new Dictionary<string, string> { ["bio"] = new('b', 600) });
        for (var i = 1; i <= 2; i++)
            ring.Add(
                new(null, null, Message.DefaultEvent, Payload.Of(new byte[1]), default, i) { Author = author },
                null, i, new Retention(10, 1000, default, default));

        Assert.Equal((1, 1), (ring.Count, ring.Trimmed));
    }

    [Fact]
    public void Message_LargerThanTheBound_IsKeptAloneUntilTheNext()
    {
        var budget = new LogBudget(long.MaxValue);
        var ring = new MessageRing(budget);
        var retention = new Retention(10, 100, default, default);
        ring.Add(Text("small", 1), null, 1, retention);
        ring.Add(Text(new string('x', 1000), 2), null, 2, retention);
        Assert.Equal((1, 1, new string('x', 1000)), (ring.Count, ring.Trimmed, ring.Read(0).Payload.ToString()));
        Assert.Equal(ring.Capacity, budget.Taken);

        ring.Add(Text("small again", 3), null, 3, retention);

        Assert.Equal((1, 2, "small again"), (ring.Count, ring.Trimmed, ring.Read(0).Payload.ToString()));
    }

    [Fact]
    public void Message_AloneWhenAllLogsAreTooMuch_Gives()
    {
        var budget = new LogBudget(long.MaxValue);
        var ring = new MessageRing(budget);
        ring.Add(Text(new string('x', 1000), 1), null, 1, new Retention(10, 100, default, default));

        ring.Halve();

        Assert.Equal((0, 1, 0), (ring.Count, ring.Trimmed, budget.Taken));
    }

    [Fact]
    public void Attachments_AreKept()
    {
        var ring = new MessageRing(new LogBudget(long.MaxValue));
        var payload = Payload.Arguments("[1]"u8.ToArray(), [new byte[] { 1, 2 }, Array.Empty<byte>(), new byte[] { 3 }]);
        ring.Add(new Message(null, null, "move", payload, default, 1), null, 1, new Retention(10, 100, default, default));

        var read = ring.Read(0);

        Assert.Equal(("move", "[1]"), (read.Event, read.Payload.ToString()));
        Assert.Equal([[1, 2], [], [3]], read.Payload.Attachments.Select(a => a.ToArray()));
    }

    private static void Run(int[] lengths, int mostMessages, int mostBytes)
    {
        var ring = new MessageRing(new LogBudget(long.MaxValue));
        var model = new List<(long Offset, string Text)>();
        var retention = new Retention(mostMessages, mostBytes, default, default);
        for (var i = 0; i < lengths.Length; i++)
        {
            var text = new string((char)('a' + (i % 26)), lengths[i]);
            ring.Add(Text(text, i + 1), null, i, retention);
            model.Add((i + 1, text));
            while (model.Count > mostMessages
                || (model.Count > 1 && model.Sum(m => m.Text.Length + Message.DefaultEvent.Length) > mostBytes))
                model.RemoveAt(0);
        }
        Assert.Equal(model, Enumerable.Range(0, ring.Count).Select(i => (ring.OffsetAt(i), ring.Read(i).Payload.ToString())));
        if (model.Count > 0) Assert.Equal(model[0].Offset - 1, ring.Trimmed);
        foreach (var (offset, _) in model)
            Assert.Equal(model.FindIndex(m => m.Offset > offset) is >= 0 and var index ? index : ring.Count, ring.IndexAfter(offset));
    }

    private static Message Text(string text, long offset) =>
        new(null, null, Message.DefaultEvent, Payload.OfText(Encoding.UTF8.GetBytes(text)), default, offset);
}
