using Microsoft.Extensions.Logging;

namespace Kodama.Server;

internal static partial class TransportLog
{
    [LoggerMessage(210, LogLevel.Warning,
        "Out of file descriptors: {Held} of {Limit} are held, {Newcomers} of them by connections that have asked for nothing; "
            + "{Dropped} such were ended so far. Further ones wait. "
            + "Raise the limit (ulimit -n, LimitNOFILE= of systemd), or lower MaxPeers.")]
    public static partial void OutOfDescriptors(ILogger logger, int held, int limit, int newcomers, long dropped);

    [LoggerMessage(211, LogLevel.Debug, "A connection was gone before it was accepted.")]
    public static partial void AcceptFailed(ILogger logger, Exception exception);

    [LoggerMessage(213, LogLevel.Warning,
        "The limit of file descriptors is {Limit}, and {Held} are held before anybody has come: "
            + "raise it (ulimit -n, LimitNOFILE= of systemd).")]
    public static partial void FewDescriptors(ILogger logger, int limit, int held);

    [LoggerMessage(214, LogLevel.Debug, "A client at {Address} has not come through the TLS handshake.")]
    public static partial void HandshakeFailed(ILogger logger, System.Net.IPAddress? address, Exception exception);

    [LoggerMessage(212, LogLevel.Error, "What was registered for the end of connection {Connection} failed.")]
    public static partial void ClosedCallbackFailed(ILogger logger, string connection, Exception exception);
}
