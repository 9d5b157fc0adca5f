using System.Net.Security;
using System.Runtime.CompilerServices;
using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>TLS over a socket, after its handshake (RFC 8446, RFC 5246). Nothing is allocated for an operation.</summary>
internal sealed class TlsDuplex : Duplex
{
    private readonly SslStream tls;
    private readonly SocketStream stream;
    private readonly Action received;
    private Action? sent;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter reading;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter writing;
    private readonly Lock saysGoodbye = new();
    private bool isEmptyRead;

    // From before a read has begun until it has ended: it decrypts, or waits in the stream.
    private volatile bool isReading;
    private bool isGoodbyeSaid;
    private int sending;

    /// <summary>Takes over both.</summary>
    /// <param name="tls">Authenticated, over <paramref name="stream"/>, which it leaves open.</param>
    /// <param name="stream">The socket.</param>
    public TlsDuplex(SslStream tls, SocketStream stream)
    {
        this.tls = tls;
        this.stream = stream;
        received = OnRead;
    }

    /// <summary>What was negotiated.</summary>
    public SslStream Stream => tls;

#pragma warning disable CA2012 // Consumed once: by Take..., when the awaiter is completed.
    public override bool Receive(Memory<byte> buffer, out Transfer transfer)
    {
        isEmptyRead = buffer.IsEmpty;
        stream.IsBusy = !isEmptyRead;
        // Nothing of the caller's is meant for what comes later.
        using var flow = Suppress();
        try
        {
            lock (saysGoodbye)
            {
                isReading = true;
                reading = tls.ReadAsync(buffer).ConfigureAwait(false).GetAwaiter();
            }
        }
        catch (Exception exception)
        {
            // Disposed, at whichever moment.
            transfer = new Transfer(0, exception);
            return true;
        }
        if (!reading.IsCompleted)
        {
            transfer = default;
            reading.UnsafeOnCompleted(received);
            return false;
        }
        transfer = TakeRead();
        return true;
    }

    public override bool Send(ReadOnlyMemory<byte> bytes, out Transfer transfer)
    {
        sending = bytes.Length;
        using var flow = Suppress();
        try
        {
            writing = tls.WriteAsync(bytes).ConfigureAwait(false).GetAwaiter();
        }
        catch (Exception exception)
        {
            transfer = new Transfer(0, exception);
            return true;
        }
        if (!writing.IsCompleted)
        {
            transfer = default;
            writing.UnsafeOnCompleted(sent ??= OnWritten);
            return false;
        }
        transfer = TakeWritten();
        return true;
    }
#pragma warning restore CA2012

    /// <summary>Says goodbye in TLS (close_notify), and then in TCP; the first call counts. Nothing may be sent at the time.</summary>
    /// <remarks>
    /// OpenSSL's state is for one thread at a time, and SslStream does not see to that here: where a read is decrypting just then, the
    /// goodbye is TCP's alone.
    /// </remarks>
    public override void CompleteSending()
    {
        if (Interlocked.Exchange(ref isGoodbyeSaid, true)) return;
        var isFrozen = false;
        Task? saying = null;
        lock (saysGoodbye)
        {
            if (!isReading || (isFrozen = stream.TryFreeze())) saying = ShutDownAsync();
        }
        if (isFrozen) stream.Thaw();
        if (saying is null || saying.IsCompleted) stream.Duplex.CompleteSending();
        else _ = EndAfterAsync(saying);
    }

    public override void Dispose()
    {
        stream.Dispose();
        tls.Dispose();
    }

    private static AsyncFlowControl? Suppress() => ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();

    private async Task ShutDownAsync()
    {
        try
        {
            await tls.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The other side was quicker, or TLS is broken: there is nobody left to tell.
        }
    }

    private async Task EndAfterAsync(Task saying)
    {
        await saying.ConfigureAwait(false);
        stream.Duplex.CompleteSending();
    }

    private void OnRead() => Owner!.OnReceived(TakeRead());

    private void OnWritten() => Owner!.OnSent(TakeWritten());

    private Transfer TakeRead()
    {
        isReading = false;
        try
        {
            var count = reading.GetResult();
            return count == 0 && !isEmptyRead && stream.Failure is { } failure ? new Transfer(0, failure) : new Transfer(count);
        }
        catch (Exception exception)
        {
            return new Transfer(0, exception);
        }
    }

    private Transfer TakeWritten()
    {
        try
        {
            writing.GetResult();
            return new Transfer(sending);
        }
        catch (Exception exception)
        {
            return new Transfer(0, exception);
        }
    }
}
