using System.Net.Sockets;

namespace Kodama.WebSockets;

/// <summary>Bytes over a connected socket that it owns, driven by <see cref="SocketAsyncEventArgs"/>: no allocation per operation, no
/// task.</summary>
/// <remarks>
/// A send is tried on the spot without blocking, and becomes asynchronous only when the socket's buffer is full, so most connections never
/// have a second <see cref="SocketAsyncEventArgs"/>.
/// </remarks>
public sealed class SocketDuplex : Duplex
{
    private readonly Socket socket;
    private readonly Operation receive;
    private Operation? send;

    /// <summary>Takes over the socket.</summary>
    public SocketDuplex(Socket socket)
    {
        this.socket = socket;
        socket.Blocking = false;
        receive = new Operation(this);
    }

    /// <inheritdoc/>
    public override bool Receive(Memory<byte> buffer, out Transfer transfer)
    {
        try
        {
            receive.SetBuffer(buffer);
            if (socket.ReceiveAsync(receive))
            {
                transfer = default;
                return false;
            }
            transfer = receive.Result;
        }
        catch (ObjectDisposedException exception)
        {
            transfer = new Transfer(0, exception);
        }
        return true;
    }

    /// <inheritdoc/>
    public override bool Send(ReadOnlyMemory<byte> bytes, out Transfer transfer)
    {
        try
        {
            var sent = socket.Send(bytes.Span, SocketFlags.None, out var error);
            if (error == SocketError.Success || (error == SocketError.WouldBlock && sent > 0))
            {
                transfer = new Transfer(sent);
                return true;
            }
            if (error != SocketError.WouldBlock)
            {
                transfer = new Transfer(0, new SocketException((int)error));
                return true;
            }
            send ??= new Operation(this);
            // Only read from: SocketAsyncEventArgs has no read-only form.
            send.SetBuffer(System.Runtime.InteropServices.MemoryMarshal.AsMemory(bytes));
            if (socket.SendAsync(send))
            {
                transfer = default;
                return false;
            }
            transfer = send.Result;
        }
        catch (ObjectDisposedException exception)
        {
            transfer = new Transfer(0, exception);
        }
        return true;
    }

    /// <inheritdoc/>
    public override void CompleteSending()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The other side was quicker: there is nobody left to tell.
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        socket.Dispose();
        receive.Dispose();
        send?.Dispose();
    }

    // Without the caller's execution context: none of ours is meant for the connection's later life.
    private sealed class Operation(SocketDuplex duplex) : SocketAsyncEventArgs(true)
    {
        public Transfer Result =>
            SocketError == SocketError.Success ? new Transfer(BytesTransferred) : new Transfer(0, new SocketException((int)SocketError));

        protected override void OnCompleted(SocketAsyncEventArgs e)
        {
            if (LastOperation == SocketAsyncOperation.Receive) duplex.Owner!.OnReceived(Result);
            else duplex.Owner!.OnSent(Result);
        }
    }
}
