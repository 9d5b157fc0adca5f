using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>Accepts sockets as <see cref="DetachableConnection"/>s, as long as there is room; else those that come wait in the
/// backlog.</summary>
/// <remarks>A crowd is taken out of the backlog in one go: an accept that need not wait ends on the spot.</remarks>
internal sealed class DetachableListener(Socket socket, Intake intake, TimeProvider time, ILogger logger) : IConnectionListener
{
    // To ask is to count: the fewer there are, the sooner it is worth it.
    private readonly TimeSpan shortageDelay = TimeSpan.FromMilliseconds(Math.Clamp(intake.Limit / 100, 2, 100));

    private readonly CancellationTokenSource unbound = new();

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket? accepted = null;
            try
            {
                await RoomAsync();
                accepted = await socket.AcceptAsync(cancellationToken);
                if (intake.IsShort && HasGone(accepted))
                {
                    accepted.Dispose();
                    continue;
                }
                accepted.NoDelay = true;
                return new DetachableConnection(accepted, intake.Newcomers, time, logger);
            }
            catch (Exception exception) when (IsEnd(exception))
            {
                return null;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                // The system's own limit, or one that has been lowered since the start.
                intake.TellShortage();
                await Task.Delay(shortageDelay, CancellationToken.None);
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
        unbound.Cancel();
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    // Nobody has to go for nobody: only for one that waits.
    private async ValueTask RoomAsync()
    {
        while (!intake.TryTake())
        {
            if (socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) && intake.TryMakeRoom()) return;
            await Task.Delay(shortageDelay, unbound.Token);
        }
    }

    // A crowd that has given up in the backlog must not pass through HTTP, a few at a time, before the next is let in.
    private static bool HasGone(Socket accepted) => accepted.Poll(TimeSpan.Zero, SelectMode.SelectRead) && accepted.Available == 0;

    private static bool IsEnd(Exception exception) =>
        exception is ObjectDisposedException or OperationCanceledException or SocketException { SocketErrorCode: SocketError.OperationAborted };
}
