using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Kodama.Core.Tests;

/// <summary>A connection without a wire: takes frames out of the outbox as a door does, at once, slowly or never.</summary>
internal sealed class TestLink : IPeerLink
{
    private readonly Lock gate = new();
    private readonly List<string> received = [];
    private readonly List<int> sends = [];
    private readonly TaskCompletionSource<CloseReason> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<byte> partial = [];
    private Peer? peer;
    private int flushes;

    /// <summary>Whether a flush drains the outbox. If not, the test calls <see cref="Drain"/>, or nobody does.</summary>
    public bool DrainsOnFlush { get; init; } = true;

    /// <summary>Most bytes that one send takes.</summary>
    public int MaxSend { get; init; } = int.MaxValue;

    /// <summary>Counts bytes only, for tests of allocation.</summary>
    public bool Discards { get; init; }

    /// <summary>Called at each flush, before anything else.</summary>
    public Action? Flushing { get; set; }

    public int Flushes => Volatile.Read(ref flushes);

    public Task<CloseReason> Closed => closed.Task;

    public IReadOnlyList<string> Received
    {
        get
        {
            lock (gate) return [.. received];
        }
    }

    /// <summary>Bytes of each send.</summary>
    public IReadOnlyList<int> Sends
    {
        get
        {
            lock (gate) return [.. sends];
        }
    }

    /// <summary>What came before the hub had made the peer waits until here.</summary>
    public void Attach(Peer made)
    {
        Volatile.Write(ref peer, made);
        Flush();
    }

    public void Flush()
    {
        Interlocked.Increment(ref flushes);
        Flushing?.Invoke();
        if (DrainsOnFlush) Drain();
    }

    public void Drain()
    {
        if (Volatile.Read(ref peer) is not { } mine) return;
        lock (gate)
        {
            while (mine.Outbox.Peek() is { IsEmpty: false } bytes)
            {
                var count = Math.Min(bytes.Length, MaxSend);
                if (!Discards) Read(bytes.Span[..count]);
                mine.Outbox.Advance(count);
                if (count < bytes.Length) mine.Outbox.Blocked();
            }
        }
    }

    public void Close(CloseReason reason)
    {
        if (DrainsOnFlush) Drain();
        Volatile.Read(ref peer)?.Outbox.Close();
        closed.TrySetResult(reason);
    }

    private void Read(ReadOnlySpan<byte> bytes)
    {
        sends.Add(bytes.Length);
        partial.AddRange(bytes);
        ReadOnlySpan<byte> all = CollectionsMarshal.AsSpan(partial);
        while (all.Length >= 4 && BinaryPrimitives.ReadInt32LittleEndian(all) is var length && all.Length >= 4 + length)
        {
            received.Add(Encoding.UTF8.GetString(all.Slice(4, length)));
            all = all[(4 + length)..];
        }
        partial.RemoveRange(0, partial.Count - all.Length);
    }
}
