using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>Accepts sockets as <see cref="DetachableConnection"/>s.</summary>
internal sealed class DetachableListener(Socket socket, ILogger logger) : IConnectionListener
{
    private static readonly TimeSpan ExhaustedDelay = TimeSpan.FromMilliseconds(100);

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket? accepted = null;
            try
            {
                accepted = await socket.AcceptAsync(cancellationToken);
                accepted.NoDelay = true;
                return new DetachableConnection(accepted, logger);
            }
            catch (Exception exception) when (IsEnd(exception))
            {
                return null;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.TooManyOpenSockets)
            {
                // Peers that go make room; until then those that come wait in the backlog.
                TransportLog.OutOfDescriptors(logger, exception);
                await Task.Delay(ExhaustedDelay, CancellationToken.None);
            }
            catch (SocketException exception)
            {
                accepted?.Dispose();
                TransportLog.AcceptFailed(logger, exception);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    private static bool IsEnd(Exception exception) =>
        exception is ObjectDisposedException or OperationCanceledException or SocketException { SocketErrorCode: SocketError.OperationAborted };
}
