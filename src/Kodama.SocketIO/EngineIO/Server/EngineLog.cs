using System.Net;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO;

internal static partial class EngineLog
{
    [LoggerMessage(300, LogLevel.Debug, "A request of {Address} is refused: {Message}.")]
    public static partial void Refused(ILogger logger, IPAddress? address, string message);

    [LoggerMessage(301, LogLevel.Debug, "Session of {Address} began by {Transport}.")]
    public static partial void Began(ILogger logger, IPAddress? address, string transport);

    [LoggerMessage(302, LogLevel.Debug, "Session of {Address} has ended: {Reason}.")]
    public static partial void Ended(ILogger logger, IPAddress? address, string reason);

    [LoggerMessage(303, LogLevel.Debug, "Session of {Address} ends, for what it sent: {Error}")]
    public static partial void Malformed(ILogger logger, IPAddress? address, string error);

    [LoggerMessage(304, LogLevel.Error, "Session of {Address} could not be served; it ends.")]
    public static partial void HandlerFailed(ILogger logger, IPAddress? address, Exception exception);

    [LoggerMessage(305, LogLevel.Error, "AllowRequest failed; the request is refused.")]
    public static partial void AllowRequestFailed(ILogger logger, Exception exception);

    [LoggerMessage(306, LogLevel.Warning, "A session is refused: there are {Count}, and no more may be (MaxSessions).")]
    public static partial void TooManySessions(ILogger logger, int count);

    [LoggerMessage(307, LogLevel.Warning, "A session of {Address} is refused: it has {Count}, the most (MaxSessionsPerAddress).")]
    public static partial void TooManySessionsOfAddress(ILogger logger, IPAddress? address, int count);

    [LoggerMessage(309, LogLevel.Error, "A handler of connection errors or headers failed; the request is answered all the same.")]
    public static partial void EventFailed(ILogger logger, Exception exception);
}
