using System.Net.Sockets;
using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>The socket as it is.</summary>
internal sealed class PlainWire(Socket socket, SocketDuplex duplex) : Wire(socket)
{
    public PlainWire(Socket socket)
        : this(socket, new SocketDuplex(socket))
    {
    }

    public override Duplex Duplex => duplex;

    public override bool TryReceive(Memory<byte> buffer, out Transfer transfer)
    {
        transfer = default;
        try
        {
            var count = Socket.Receive(buffer.Span, SocketFlags.None, out var error);
            // An empty receive may end for bytes that were read before it began. Nothing but an empty one may be pending: it could not be
            // stopped.
            if (error == SocketError.WouldBlock) return false;
            transfer = error == SocketError.Success ? new Transfer(count) : new Transfer(0, new SocketException((int)error));
        }
        catch (ObjectDisposedException exception)
        {
            transfer = new Transfer(0, exception);
        }
        return true;
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            // Small answers go at once, so that most sockets never get the state of an asynchronous send.
            while (!bytes.IsEmpty)
            {
                var sent = Socket.Send(bytes.Span, SocketFlags.None, out var error);
                if (error == SocketError.WouldBlock) sent = await Socket.SendAsync(bytes, SocketFlags.None);
                else if (error != SocketError.Success) throw new SocketException((int)error);
                bytes = bytes[sent..];
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new IOException(exception.Message, exception);
        }
    }
}
