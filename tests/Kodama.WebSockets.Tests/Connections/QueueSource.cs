namespace Kodama.WebSockets.Tests;

/// <summary>A source of frames that checks how it is used.</summary>
internal sealed class QueueSource : IFrameSource
{
    private readonly Queue<byte[]> runs = new();
    private bool peeked;

    public bool IsClosed { get; private set; }

    public bool IsComplete { get; private set; }

    /// <summary>Whether frames of the connection's own find room.</summary>
    public bool HasRoom { get; set; } = true;

    /// <summary>What the connection did, in its order: "blocked", and "empty" for a peek that found nothing.</summary>
    public List<string> Calls { get; } = [];

    public int Advanced { get; private set; }

    public void Add(params byte[] run) => runs.Enqueue(run);

    public ReadOnlyMemory<byte> Peek()
    {
        if (IsClosed || !runs.TryPeek(out var run))
        {
            Calls.Add("empty");
            return default;
        }
        peeked = true;
        return run;
    }

    public void Advance(int count)
    {
        Assert.True(peeked, "Advance without Peek.");
        peeked = false;
        var run = runs.Dequeue();
        if (count == 0) return;
        Assert.Equal(run.Length, count);
        Advanced += count;
    }

    public void Blocked() => Calls.Add("blocked");

    public bool TryAppend(ReadOnlySpan<byte> frame)
    {
        if (!HasRoom || IsComplete) return false;
        runs.Enqueue(frame.ToArray());
        return true;
    }

    public void Complete() => IsComplete = true;

    public void Close()
    {
        IsClosed = true;
        var inFlight = peeked ? runs.Peek() : null;
        runs.Clear();
        if (inFlight is not null) runs.Enqueue(inFlight);
    }
}
