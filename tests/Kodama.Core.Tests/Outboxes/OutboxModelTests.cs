using FsCheck;
using FsCheck.Fluent;

namespace Kodama.Core.Tests;

/// <summary>Random scripts against a list of frames: what is taken out is what was put in, whole and in order, but for what the policy may
/// drop.</summary>
public class OutboxModelTests
{
    // Below 0: take out the hundredth part of -n of what Peek answers. From 0 on: a frame of n % 50 + 1 bytes, of either policy; n % 7 == 0
    // says Blocked.
    private static readonly Arbitrary<int[]> Scripts = Gen.Choose(-100, 200).ArrayOf().ToArbitrary();

    [Theory]
    [InlineData(60, int.MaxValue, true)]
    // The frames of a piece that is partly sent count until it is sent: the model does not know of pieces.
    [InlineData(int.MaxValue, 6, false)]
    [InlineData(100, 4, false)]
    public void Outbox_AnyScriptOfOneThread_BehavesAsTheModel(int maxBytes, int maxFrames, bool sendsPartly)
    {
        var options = new OutboxOptions { MaxBytes = maxBytes, MaxFrames = maxFrames };
        Prop.ForAll(Scripts, script => Run(script, options, sendsPartly))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1500).WithEndSize(120));
    }

    private static void Run(int[] script, OutboxOptions options, bool sendsPartly)
    {
        var outbox = new Outbox(options);
        var model = new List<(byte Mark, int Left, bool Droppable)>();
        var full = false;
        byte mark = 0;
        foreach (var step in script)
        {
            if (step < 0) Take(outbox, model, sendsPartly ? -step : 100);
            else Put(outbox, options, model, ++mark, step, ref full);
            Assert.Equal(model.Sum(f => f.Left), outbox.QueuedBytes);
        }
        while (model.Count > 0) Take(outbox, model, 100);
        Assert.True(outbox.Peek().IsEmpty);
        Assert.Equal(0, outbox.QueuedFrames);
    }

    private static void Put(
        Outbox outbox, OutboxOptions options, List<(byte Mark, int Left, bool Droppable)> model, byte mark, int step, ref bool full)
    {
        if (step % 7 == 0) outbox.Blocked();
        var (length, droppable) = (step % 50 + 1, step % 2 == 0);
        var frame = Frame.Rent(length);
        frame.Span.Fill(mark);
        var result = outbox.TryEnqueue(frame, droppable ? SlowPeerPolicy.DropOldest : SlowPeerPolicy.Disconnect);
        frame.Release();
        if (full)
        {
            Assert.Equal(EnqueueResult.Full, result);
            return;
        }
        var expected = Expect(options, model, length, droppable);
        Assert.Equal(expected, result == EnqueueResult.QueuedFirst ? EnqueueResult.Queued : result);
        full = expected == EnqueueResult.Full;
        if (expected == EnqueueResult.Queued) model.Add((mark, length, droppable));
    }

    private static EnqueueResult Expect(
        OutboxOptions options, List<(byte Mark, int Left, bool Droppable)> model, int length, bool droppable)
    {
        if (Fits(options, model, length)) return EnqueueResult.Queued;
        var without = model.ToList();
        while (!Fits(options, without, length))
        {
            var oldest = without.FindIndex(1, f => f.Droppable);
            if (oldest < 0) return droppable ? EnqueueResult.Dropped : EnqueueResult.Full;
            without.RemoveAt(oldest);
        }
        model.Clear();
        model.AddRange(without);
        return EnqueueResult.Queued;
    }

    private static bool Fits(OutboxOptions options, List<(byte Mark, int Left, bool Droppable)> model, int length) =>
        model.Count == 0 || (model.Count < options.MaxFrames && model.Sum(f => f.Left) + (long)length <= options.MaxBytes);

    private static void Take(Outbox outbox, List<(byte Mark, int Left, bool Droppable)> model, int percent)
    {
        var bytes = outbox.Peek();
        Assert.Equal(model.Count == 0, bytes.IsEmpty);
        if (bytes.IsEmpty) return;
        var count = percent == 100 ? bytes.Length : bytes.Length * percent / 100;
        var expected = model.SelectMany(f => Enumerable.Repeat(f.Mark, f.Left)).Take(bytes.Length).ToArray();
        Assert.Equal(expected, bytes.ToArray());
        outbox.Advance(count);
        while (count > 0)
        {
            var taken = Math.Min(count, model[0].Left);
            count -= taken;
            if (model[0].Left == taken) model.RemoveAt(0);
            else model[0] = model[0] with { Left = model[0].Left - taken };
        }
    }
}
