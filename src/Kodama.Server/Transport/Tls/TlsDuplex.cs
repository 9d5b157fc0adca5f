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
    private bool isEmptyRead;
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
        try
        {
            reading = tls.ReadAsync(buffer).ConfigureAwait(false).GetAwaiter();
        }
        catch (ObjectDisposedException exception)
        {
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
        try
        {
            writing = tls.WriteAsync(bytes).ConfigureAwait(false).GetAwaiter();
        }
        catch (ObjectDisposedException exception)
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

    /// <summary>Says goodbye in TLS (close_notify), and then in TCP. Nothing may be sent at the time.</summary>
    public override void CompleteSending() => _ = SayGoodbyeAsync();

    public override void Dispose()
    {
        stream.Dispose();
        tls.Dispose();
    }

    private async Task SayGoodbyeAsync()
    {
        try
        {
            await tls.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The other side was quicker, or TLS is broken: there is nobody left to tell.
        }
        stream.Duplex.CompleteSending();
    }

    private void OnRead() => Owner!.OnReceived(TakeRead());

    private void OnWritten() => Owner!.OnSent(TakeWritten());

    private Transfer TakeRead()
    {
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
