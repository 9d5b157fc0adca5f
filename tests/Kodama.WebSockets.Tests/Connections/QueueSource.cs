namespace Kodama.WebSockets.Tests;

/// <summary>A source of frames that checks how it is used.</summary>
internal sealed class QueueSource : IFrameSource
{
    private readonly Queue<byte[]> runs = new();
    private bool peeked;

    public bool IsClosed { get; private set; }

    public int Advanced { get; private set; }

    public int TimesBlocked { get; private set; }

    public void Add(params byte[] run) => runs.Enqueue(run);

    public ReadOnlyMemory<byte> Peek()
    {
        if (IsClosed || !runs.TryPeek(out var run)) return default;
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

    public void Blocked() => TimesBlocked++;

    public void Close()
    {
        IsClosed = true;
        var inFlight = peeked ? runs.Peek() : null;
        runs.Clear();
        if (inFlight is not null) runs.Enqueue(inFlight);
    }
}
