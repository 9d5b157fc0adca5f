using Microsoft.Extensions.Logging;

namespace Kodama.Server;

internal static partial class TransportLog
{
    [LoggerMessage(210, LogLevel.Warning, "No file descriptor is left for another connection: raise the limit (ulimit -n), or lower the number of peers.")]
    public static partial void OutOfDescriptors(ILogger logger, Exception exception);

    [LoggerMessage(211, LogLevel.Debug, "A connection was gone before it was accepted.")]
    public static partial void AcceptFailed(ILogger logger, Exception exception);

    [LoggerMessage(212, LogLevel.Error, "What was registered for the end of connection {Connection} failed.")]
    public static partial void ClosedCallbackFailed(ILogger logger, string connection, Exception exception);
}
