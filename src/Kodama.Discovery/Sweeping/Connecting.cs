using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery;

/// <summary>Connects and says how it went: of 250 addresses that do not answer none costs an exception.</summary>
internal static class Connecting
{
    private static readonly LingerOption Reset = new(true, 0);

    /// <summary>A socket whose end leaves nothing behind: a sweep would fill the table with connections in TIME_WAIT.</summary>
    public static SocketError TryCreate(AddressFamily family, out Socket? socket)
    {
        socket = null;
        try
        {
            socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { LingerState = Reset };
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            return exception.SocketErrorCode;
        }
    }

    /// <summary>Disposes the socket when cancelled; <see cref="SocketError.OperationAborted"/> then.</summary>
    public static async Task<SocketError> TryConnectAsync(this Socket socket, EndPoint endPoint, CancellationToken cancellationToken)
    {
        var connected = new TaskCompletionSource<SocketError>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var args = new SocketAsyncEventArgs { RemoteEndPoint = endPoint };
        args.Completed += (_, completed) => connected.TrySetResult(completed.SocketError);
        try
        {
            if (!socket.ConnectAsync(args)) return args.SocketError;
        }
        catch (ObjectDisposedException)
        {
            return SocketError.OperationAborted;
        }
        await using var registration = cancellationToken.UnsafeRegister(static s => ((Socket)s!).Dispose(), socket);
        return await connected.Task;
    }
}
