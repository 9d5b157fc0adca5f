namespace Kodama.WebSockets;

/// <summary>Bytes over a stream that it owns: TLS, an upgraded HTTP request, a test's memory.</summary>
/// <param name="stream">Read and written from different threads at once, as network streams allow; null, when <see cref="Attach"/> brings
/// it.</param>
/// <param name="waitsOnEmptyRead">Whether a read into an empty buffer waits until there is something to read, as those of SslStream,
/// NetworkStream and Kestrel do.</param>
public sealed class StreamDuplex(Stream? stream = null, bool waitsOnEmptyRead = false) : Duplex
{
    // A stream need not end what is pending when it is disposed; Kestrel's do not.
    private readonly CancellationTokenSource closing = new();
    private int closed;

    /// <summary>Brings the stream, before anything is received or sent.</summary>
    public void Attach(Stream attached) => stream = attached;

    /// <inheritdoc/>
    public override bool Receive(Memory<byte> buffer, out Transfer transfer)
    {
        transfer = default;
        if (buffer.IsEmpty && !waitsOnEmptyRead) return true;
        ValueTask<int> reading;
        try
        {
            reading = stream!.ReadAsync(buffer, closing.Token);
            if (reading.IsCompletedSuccessfully)
            {
                transfer = new Transfer(reading.Result);
                return true;
            }
        }
        catch (Exception exception)
        {
            transfer = new Transfer(0, exception);
            return true;
        }
        _ = FinishReceiveAsync(reading);
        return false;
    }

    /// <inheritdoc/>
    public override bool Send(ReadOnlyMemory<byte> bytes, out Transfer transfer)
    {
        transfer = new Transfer(bytes.Length);
        ValueTask writing;
        try
        {
            writing = WriteAsync(bytes);
            if (writing.IsCompletedSuccessfully) return true;
        }
        catch (Exception exception)
        {
            transfer = new Transfer(0, exception);
            return true;
        }
        _ = FinishSendAsync(writing, bytes.Length);
        return false;
    }

    /// <summary>Does nothing: a stream has no half-closed state that all of them share. The other side sees the end with <see
    /// cref="Dispose"/>.</summary>
    public override void CompleteSending()
    {
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (Interlocked.Exchange(ref closed, 1) == 0) _ = DisposeAsync();
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await stream!.WriteAsync(bytes, closing.Token).ConfigureAwait(false);
        await stream.FlushAsync(closing.Token).ConfigureAwait(false);
    }

    private async Task FinishReceiveAsync(ValueTask<int> reading)
    {
        Transfer transfer;
        try
        {
            transfer = new Transfer(await reading.ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            transfer = new Transfer(0, exception);
        }
        Owner!.OnReceived(transfer);
    }

    private async Task FinishSendAsync(ValueTask writing, int count)
    {
        Transfer transfer;
        try
        {
            await writing.ConfigureAwait(false);
            transfer = new Transfer(count);
        }
        catch (Exception exception)
        {
            transfer = new Transfer(0, exception);
        }
        Owner!.OnSent(transfer);
    }

    private async Task DisposeAsync()
    {
        // Not on this thread: what was pending tells its owner, who may be the one that closes.
        await closing.CancelAsync().ConfigureAwait(false);
        try
        {
            if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Closing what is broken: there is nobody left to tell.
        }
    }
}
