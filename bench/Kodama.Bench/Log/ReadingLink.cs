using System.Buffers.Binary;

namespace Kodama.Bench.Log;

/// <summary>A connection that takes everything at once, and looks whether it is the next.</summary>
/// <param name="last">The offset before the first that it is to get; null for any.</param>
internal sealed class ReadingLink(long? last) : IPeerLink
{
    private readonly Lock gate = new();
    private Peer? peer;
    private long? last = last;

    /// <summary>The last offset that it has got; 0 for none.</summary>
    public long Last
    {
        get
        {
            lock (gate) return last ?? 0;
        }
    }

    public long Received { get; private set; }

    /// <summary>What was wrong, or null.</summary>
    public string? Wrong { get; private set; }

    public void Attach(Peer made)
    {
        Volatile.Write(ref peer, made);
        Flush();
    }

    public void Flush()
    {
        if (Volatile.Read(ref peer) is not { } mine) return;
        lock (gate)
        {
            while (mine.Outbox.Peek() is { IsEmpty: false } bytes)
            {
                Read(bytes.Span);
                mine.Outbox.Advance(bytes.Length);
            }
        }
    }

    public void Close(CloseReason reason)
    {
    }

    private void Read(ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty)
        {
            var offset = BinaryPrimitives.ReadInt64LittleEndian(frames[sizeof(int)..]);
            if (last is { } before && offset != before + 1) Wrong ??= $"{offset} came behind {before}";
            last = offset;
            Received++;
            frames = frames[BinaryPrimitives.ReadInt32LittleEndian(frames)..];
        }
    }
}
