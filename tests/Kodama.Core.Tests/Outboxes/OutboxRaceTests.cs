using System.Buffers.Binary;

namespace Kodama.Core.Tests;

public class OutboxRaceTests
{
    private const int Writers = 4;
    private const int PerWriter = 5_000;

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Outbox_RacingWriters_NothingIsLostDoubledOrTorn(int maxSend)
    {
        var outbox = new Outbox(new() { MaxBytes = int.MaxValue, MaxFrames = int.MaxValue });
        using var wake = new SemaphoreSlim(0);
        var stream = new MemoryStream();
        var expected = Writers * PerWriter;

        Race.Run(
        [
            .. Enumerable.Range(0, Writers).Select(writer => (Action)(() => Write(outbox, writer, wake))),
            () => Read(outbox, stream, wake, expected, maxSend),
        ]);

        Assert.Equal(Enumerable.Range(0, Writers).ToDictionary(w => w, _ => PerWriter), Parse(stream.ToArray()));
        Assert.Equal((0, 0), (outbox.QueuedBytes, outbox.QueuedFrames));
        Assert.Equal(expected, outbox.Enqueued);
    }

    [Fact]
    public void Outbox_DropOldestUnderRacingWriters_AccountsForEveryFrame()
    {
        var outbox = new Outbox(new() { MaxFrames = 16 });
        var stream = new MemoryStream();
        var stop = new CancellationTokenSource(Deadline.Limit);
        var writing = Writers;

        Race.Run(
        [
            .. Enumerable.Range(0, Writers).Select(writer => (Action)(() =>
            {
                for (var i = 0; i < PerWriter; i++) Put(outbox, writer, i, SlowPeerPolicy.DropOldest);
                if (Interlocked.Decrement(ref writing) == 0) stop.Cancel();
            })),
            () =>
            {
                while (!stop.IsCancellationRequested) Take(outbox, stream, int.MaxValue);
            },
        ]);
        while (Take(outbox, stream, int.MaxValue))
        {
        }

        var received = Parse(stream.ToArray(), mayMiss: true).Values.Sum();
        Assert.Equal(Writers * PerWriter, received + outbox.Dropped);
    }

    [Fact]
    public void Close_RacingWithWritersAndReader_LeavesNoReference()
    {
        for (var round = 0; round < 200; round++)
        {
            var outbox = new Outbox(new());
            var frames = Enumerable.Range(0, 20).Select(_ => OutboxDriver.OwnFrame()).ToArray();

            Race.Run(
                () =>
                {
                    foreach (var frame in frames) outbox.TryEnqueue(frame, SlowPeerPolicy.Disconnect);
                },
                () =>
                {
                    for (var i = 0; i < 20; i++)
                    {
                        var bytes = outbox.Peek();
                        if (!bytes.IsEmpty) outbox.Advance(bytes.Length);
                    }
                },
                outbox.Close);

            Assert.All(frames, frame => Assert.Equal(1, frame.Chunk!.References));
            foreach (var frame in frames) frame.Release();
        }
    }

    private static void Write(Outbox outbox, int writer, SemaphoreSlim wake)
    {
        for (var i = 0; i < PerWriter; i++)
        {
            if (Put(outbox, writer, i, SlowPeerPolicy.Disconnect) == EnqueueResult.QueuedFirst) wake.Release();
        }
    }

    private static EnqueueResult Put(Outbox outbox, int writer, int number, SlowPeerPolicy policy)
    {
        // Lengths differ, so that a torn frame shows in those behind it.
        var frame = Frame.Rent(12 + number % 5);
        frame.Span.Fill(0xEE);
        BinaryPrimitives.WriteInt32LittleEndian(frame.Span, frame.Length);
        BinaryPrimitives.WriteInt32LittleEndian(frame.Span[4..], writer);
        BinaryPrimitives.WriteInt32LittleEndian(frame.Span[8..], number);
        var result = outbox.TryEnqueue(frame, policy);
        frame.Release();
        return result;
    }

    private static void Read(Outbox outbox, MemoryStream stream, SemaphoreSlim wake, int expected, int maxSend)
    {
        // Only a QueuedFirst wakes the reader: one that were lost would leave it waiting past the deadline.
        while (outbox.Enqueued < expected || outbox.QueuedFrames > 0)
        {
            Assert.True(wake.Wait(Deadline.Limit), "The reader was not woken.");
            while (Take(outbox, stream, maxSend))
            {
            }
        }
    }

    private static bool Take(Outbox outbox, MemoryStream stream, int maxSend)
    {
        var bytes = outbox.Peek();
        if (bytes.IsEmpty) return false;
        var count = Math.Min(bytes.Length, maxSend);
        stream.Write(bytes.Span[..count]);
        if (count < bytes.Length) outbox.Blocked();
        outbox.Advance(count);
        return true;
    }

    private static Dictionary<int, int> Parse(ReadOnlySpan<byte> bytes, bool mayMiss = false)
    {
        var counts = new Dictionary<int, int>();
        var last = new Dictionary<int, int>();
        while (!bytes.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            var writer = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
            var number = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
            Assert.Equal(12 + number % 5, length);
            var before = last.GetValueOrDefault(writer, -1);
            if (mayMiss) Assert.True(number > before, "Out of order.");
            else Assert.Equal(before + 1, number);
            last[writer] = number;
            counts[writer] = counts.GetValueOrDefault(writer) + 1;
            bytes = bytes[length..];
        }
        return counts;
    }
}
