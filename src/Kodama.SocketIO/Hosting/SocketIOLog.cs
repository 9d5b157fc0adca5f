using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO;

internal static partial class SocketIOLog
{
    [LoggerMessage(400, LogLevel.Error, "A handler of event {Event} failed for socket {Socket} of {Namespace}.")]
    public static partial void HandlerFailed(ILogger logger, string @event, string socket, string @namespace, Exception exception);

    [LoggerMessage(401, LogLevel.Error, "A middleware of {Namespace} failed; the client is refused.")]
    public static partial void MiddlewareFailed(ILogger logger, string @namespace, Exception exception);

    [LoggerMessage(402, LogLevel.Error, "A predicate for namespace {Namespace} failed; it admits nobody.")]
    public static partial void PredicateFailed(ILogger logger, string @namespace, Exception exception);

    [LoggerMessage(403, LogLevel.Debug, "Socket {Socket} came to {Namespace} from {Address}.")]
    public static partial void Connected(ILogger logger, string socket, string @namespace, System.Net.IPAddress? address);

    [LoggerMessage(404, LogLevel.Debug, "Socket {Socket} of {Namespace} has gone: {Reason}")]
    public static partial void Disconnected(ILogger logger, string socket, string @namespace, string reason);

    [LoggerMessage(405, LogLevel.Debug, "A client sent what is no Socket.IO; its connection ends. {Problem}")]
    public static partial void Malformed(ILogger logger, string problem);

    [LoggerMessage(408, LogLevel.Error, "What the server does by the clock failed for one connection or namespace.")]
    public static partial void TickFailed(ILogger logger, Exception exception);

    [LoggerMessage(411, LogLevel.Error, "What is told the acknowledgements of event {Event} of {Namespace} failed.")]
    public static partial void CallbackFailed(ILogger logger, string @event, string @namespace, Exception exception);

    [LoggerMessage(412, LogLevel.Error, "A handler of {Event} of {Namespace}, which another hub's program has said, failed.")]
    public static partial void ServerSideFailed(ILogger logger, string @event, string @namespace, Exception exception);

    [LoggerMessage(413, LogLevel.Warning, "{Move} of socket {Socket} of {Namespace}, which another hub has asked for, failed.")]
    public static partial void MoveFailed(ILogger logger, SocketMove move, string socket, string @namespace, Exception exception);

    [LoggerMessage(414, LogLevel.Warning, "{Count} events of {Namespace} are lost, as they were not kept: {Why}")]
    public static partial void NotOrdered(ILogger logger, string @namespace, int count, string why);

    [LoggerMessage(415, LogLevel.Error, "Socket {Socket} of {Namespace} was not left for other hubs.")]
    public static partial void NotLeft(ILogger logger, string socket, string @namespace, Exception exception);

    [LoggerMessage(410, LogLevel.Error, "To let a client into namespace {Namespace} failed; its connection ends.")]
    public static partial void ArrivalFailed(ILogger logger, string @namespace, Exception exception);

    [LoggerMessage(409, LogLevel.Debug, "An argument of event {Event} of socket {Socket} of {Namespace} is not what its handler takes.")]
    public static partial void WrongArgument(ILogger logger, string @event, string socket, string @namespace, Exception exception);

    [LoggerMessage(
        407, LogLevel.Debug,
        "The client of socket {Socket} of {Namespace} sends events faster than they are handled, "
            + "and no acknowledgement; its connection ends.")]
    public static partial void Flooded(ILogger logger, string socket, string @namespace);
}
