using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>Kestrel's transport for TCP endpoints when a hub is in the application: sockets that a WebSocket handshake can take with
/// it.</summary>
/// <remarks>Other kinds of endpoints (Unix sockets, pipes, handles) are left to Kestrel's own transports.</remarks>
internal sealed class DetachableTransportFactory(Intake intake, TlsPorts tls, TimeProvider time, ILoggerFactory loggers)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    // A crowd that comes back after a restart waits in the kernel, not in retries.
    private const int Backlog = 4096;

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = default(Socket);
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.Listen(Backlog);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket?.Dispose();
            throw new AddressInUseException(exception.Message, exception);
        }
        intake.TellIfFew();
        var how = tls.Find(endpoint);
        if (how is not null) tls.Bound(socket.LocalEndPoint!);
        return new(new DetachableListener(socket, how, intake, time, loggers.CreateLogger<DetachableListener>()));
    }
}
