namespace Kodama.WebSockets.Tests;

/// <summary>A transport that does what a test tells it: takes so many bytes of a send, lets it wait, breaks; receives are fed by
/// hand.</summary>
internal sealed class ScriptedDuplex : Duplex
{
    private readonly Lock gate = new();
    private readonly Queue<byte[]> arrived = new();
    private int taken;
    private readonly MemoryStream sent = new();
    private ReadOnlyMemory<byte> pendingSend;
    private Memory<byte>? pendingReceive;
    private bool ended;

    /// <summary>Most bytes that a send takes at once.</summary>
    public int TakesAtOnce { get; set; } = int.MaxValue;

    /// <summary>Called after each part that was taken.</summary>
    public Action<int>? Taken { get; set; }

    /// <summary>Whether sends wait for <see cref="FinishSend"/>.</summary>
    public bool Blocks { get; set; }

    /// <summary>Whether a pending send ends on another thread before the call that began it has returned.</summary>
    public bool EndsEarly { get; set; }

    /// <summary>Whether sends fail.</summary>
    public bool Breaks { get; set; }

    public bool IsDisposed { get; private set; }

    public bool IsSendingCompleted { get; private set; }

    /// <summary>Whether the pending receive holds a buffer.</summary>
    public bool HoldsBuffer => pendingReceive is { IsEmpty: false };

    public bool IsReceiving => pendingReceive is not null;

    public byte[] Sent
    {
        get
        {
            lock (gate) return sent.ToArray();
        }
    }

    public override bool Receive(Memory<byte> buffer, out Transfer transfer)
    {
        lock (gate)
        {
            Assert.Null(pendingReceive);
            if (TryTransfer(buffer, out transfer)) return true;
            pendingReceive = buffer;
            return false;
        }
    }

    public override bool Send(ReadOnlyMemory<byte> bytes, out Transfer transfer)
    {
        Assert.False(bytes.IsEmpty);
        Assert.True(pendingSend.IsEmpty, "A send while one is pending.");
        transfer = default;
        if (IsDisposed || Breaks)
        {
            transfer = new Transfer(0, new IOException("broken"));
            return true;
        }
        if (Blocks)
        {
            pendingSend = bytes;
            if (EndsEarly) Task.Run(() => FinishSend()).GetAwaiter().GetResult();
            return false;
        }
        var count = Math.Min(bytes.Length, TakesAtOnce);
        lock (gate) sent.Write(bytes.Span[..count]);
        transfer = new Transfer(count);
        Taken?.Invoke(count);
        return true;
    }

    public void FinishSend(Exception? error = null)
    {
        var bytes = pendingSend;
        pendingSend = default;
        if (error is null)
        {
            lock (gate) sent.Write(bytes.Span);
        }
        Owner!.OnSent(new Transfer(error is null ? bytes.Length : 0, error));
    }

    /// <summary>Bytes arrive.</summary>
    public void Arrive(params byte[] bytes)
    {
        lock (gate) arrived.Enqueue(bytes);
        Complete();
    }

    /// <summary>The other side ends.</summary>
    public void End()
    {
        lock (gate) ended = true;
        Complete();
    }

    public override void CompleteSending() => IsSendingCompleted = true;

    public override void Dispose()
    {
        lock (gate) IsDisposed = true;
        Complete();
    }

    private void Complete()
    {
        Transfer transfer;
        lock (gate)
        {
            if (pendingReceive is not { } buffer || !TryTransfer(buffer, out transfer)) return;
            pendingReceive = null;
        }
        Owner!.OnReceived(transfer);
    }

    private bool TryTransfer(Memory<byte> buffer, out Transfer transfer)
    {
        transfer = default;
        if (IsDisposed)
        {
            transfer = new Transfer(0, new ObjectDisposedException(nameof(ScriptedDuplex)));
            return true;
        }
        if (arrived.TryPeek(out var bytes))
        {
            if (buffer.IsEmpty) return true;
            var count = Math.Min(bytes.Length - taken, buffer.Length);
            bytes.AsMemory(taken, count).CopyTo(buffer);
            taken += count;
            if (taken == bytes.Length)
            {
                arrived.Dequeue();
                taken = 0;
            }
            transfer = new Transfer(count);
            return true;
        }
        return ended;
    }
}
