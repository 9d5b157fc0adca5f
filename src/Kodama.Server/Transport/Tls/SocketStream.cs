using System.Buffers;
using System.Net.Sockets;
using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>
/// The bytes below TLS: a socket's, as the stream that <see cref="System.Net.Security.SslStream"/> wants, without a task or a buffer for
/// what waits. One read and one write at a time.
/// </summary>
/// <remarks>
/// SslStream waits with an empty read before it takes a buffer. That is an empty receive of the socket, or, while messages come, one into a
/// small buffer here, which saves the system call that would look whether there is anything. An end by an error is told as an end of the
/// stream, and the error kept: exceptions through SslStream for each client that goes would be what costs most.
/// </remarks>
internal sealed class SocketStream : Stream, IDuplexOwner
{
    private const int HeldSize = 4 * 1024;

    private const int NotParked = 0;
    private const int Parked = 1;
    private const int Frozen = 2;
    private const int FrozenAndEnded = 3;

    private readonly Socket socket;
    private readonly SocketDuplex duplex;
    private readonly Completion read = new();
    private Completion? write;

    // What was received already, in the small buffer.
    private byte[]? held;
    private int heldStart;
    private int heldEnd;

    private bool isReadable;
    private bool isFilling;

    // Where a read is: who ends it, and who must have the reader stand still, agree by this.
    private int parked = NotParked;
    private Transfer late;

    public SocketStream(Socket socket)
    {
        this.socket = socket;
        duplex = new SocketDuplex(socket) { Owner = this };
    }

    /// <summary>The socket, to go on without this stream, once nothing is pending.</summary>
    public SocketDuplex Duplex => duplex;

    /// <summary>Whether messages come, so that waiting with a small buffer is worth it. Set between reads.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Whether what was pending goes on on the thread pool, and not on the thread that other sockets wait for. Set between
    /// reads.</summary>
    public bool IsGreeting { get; set; }

    /// <summary>Whether a read waits for what the other side has not sent yet: it is not this side that is late.</summary>
    public bool AwaitsPeer => Volatile.Read(ref parked) == Parked && socket.Available == 0;

    /// <summary>What has ended it; null for a peaceful end.</summary>
    public Exception? Failure { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return WaitAsync();
        if (heldEnd > heldStart) return new(TakeHeld(buffer.Span));
        // The end that an empty read has found stays one.
        if (Failure is not null) return new(0);
        isReadable = false;
        try
        {
            var count = socket.Receive(buffer.Span, SocketFlags.None, out var error);
            if (error == SocketError.Success) return new(count);
            if (error != SocketError.WouldBlock) return new(End(new SocketException((int)error)));
        }
        catch (ObjectDisposedException exception)
        {
            return new(End(exception));
        }
        read.Reset();
        return Receive(buffer, out var transfer) ? new(Count(transfer)) : read.AsValueTask();
    }

    /// <summary>
    /// Has a reader that waits here stand still until <see cref="Thaw"/>. False where none waits: it may be anywhere.
    /// </summary>
    public bool TryFreeze() => Interlocked.CompareExchange(ref parked, Frozen, Parked) == Parked;

    /// <summary>Lets it go on; on the thread pool, if what it waits for has come.</summary>
    public void Thaw()
    {
        if (Interlocked.CompareExchange(ref parked, Parked, Frozen) == Frozen) return;
        Volatile.Write(ref parked, NotParked);
        FinishElsewhere();
    }

    /// <summary>Waits until there is something to read, or the end.</summary>
    public ValueTask<int> WaitAsync()
    {
        if (isReadable || heldEnd > heldStart) return new(0);
        read.Reset();
        if (!IsBusy)
        {
            ReturnHeld();
            isReadable = true;
            return Receive(Memory<byte>.Empty, out var waited) ? new(Count(waited)) : read.AsValueTask();
        }
        held ??= ArrayPool<byte>.Shared.Rent(HeldSize);
        isFilling = true;
        return Receive(held, out var transfer) ? new(Filled(transfer)) : read.AsValueTask();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        write ??= new Completion();
        while (!buffer.IsEmpty)
        {
            write.Reset();
            if (!duplex.Send(buffer, out var transfer)) return write.AsVoidTask();
            if (transfer.Error is { } error) return ValueTask.FromException(new IOException(error.Message, error));
            buffer = buffer[transfer.Count..];
        }
        return ValueTask.CompletedTask;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // The alert with which SslStream ends a handshake that has failed: what the socket does not take of it is lost.
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            socket.Send(buffer, SocketFlags.None, out _);
        }
        catch (ObjectDisposedException)
        {
            // There is nobody left to tell.
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    void IDuplexOwner.OnReceived(Transfer transfer)
    {
        late = transfer;
        while (true)
        {
            switch (Volatile.Read(ref parked))
            {
                case Parked when Interlocked.CompareExchange(ref parked, NotParked, Parked) == Parked:
                    if (IsGreeting) FinishElsewhere();
                    else Finish(transfer);
                    return;
                case Frozen when Interlocked.CompareExchange(ref parked, FrozenAndEnded, Frozen) == Frozen:
                    return;
            }
        }
    }

    void IDuplexOwner.OnSent(Transfer transfer)
    {
        if (transfer.Error is { } error) write!.Fail(new IOException(error.Message, error));
        else write!.Set(0);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) duplex.Dispose();
        base.Dispose(disposing);
    }

    // Said to be parked before it can end, which may be on another thread.
    private bool Receive(Memory<byte> buffer, out Transfer transfer)
    {
        Volatile.Write(ref parked, Parked);
        if (!duplex.Receive(buffer, out transfer)) return false;
        while (Interlocked.CompareExchange(ref parked, NotParked, Parked) != Parked) Thread.Yield();
        return true;
    }

    private void FinishElsewhere() =>
        ThreadPool.UnsafeQueueUserWorkItem(static stream => stream.Finish(stream.late), this, preferLocal: false);

    private void Finish(Transfer transfer) => read.Set(isFilling ? Filled(transfer) : Count(transfer));

    private int Filled(Transfer transfer)
    {
        isFilling = false;
        (heldStart, heldEnd) = (0, Count(transfer));
        // At the end there is something to read: that it is the end.
        if (heldEnd == 0) isReadable = true;
        return 0;
    }

    private int TakeHeld(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, heldEnd - heldStart);
        held.AsSpan(heldStart, count).CopyTo(buffer);
        heldStart += count;
        return count;
    }

    private void ReturnHeld()
    {
        if (held is null) return;
        ArrayPool<byte>.Shared.Return(held);
        held = null;
    }

    private int Count(Transfer transfer) => transfer.Error is { } error ? End(error) : transfer.Count;

    private int End(Exception error)
    {
        Failure ??= error;
        return 0;
    }
}
