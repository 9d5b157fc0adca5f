using Microsoft.Extensions.Logging;

namespace Kodama.Server;

internal static partial class ServerLog
{
    [LoggerMessage(220, LogLevel.Error, "An authenticator failed; the request is refused.")]
    public static partial void AuthenticatorFailed(ILogger logger, Exception exception);

    [LoggerMessage(221, LogLevel.Error, "A message of peer {Peer} could not be handled; its connection ends.")]
    public static partial void MessageFailed(ILogger logger, string? peer, Exception exception);

    [LoggerMessage(222, LogLevel.Warning, "No token is set: anyone on the network can join this hub.")]
    public static partial void AnyoneCanJoin(ILogger logger);

    [LoggerMessage(223, LogLevel.Warning, "{Count} peers had not said goodbye within {Timeout}; they are cut off.")]
    public static partial void StopTimedOut(ILogger logger, int count, TimeSpan timeout);

    [LoggerMessage(224, LogLevel.Debug, "Peer {Peer} came in by {Door} from {Address}.")]
    public static partial void PeerConnected(ILogger logger, string peer, string door, System.Net.IPAddress? address);

    [LoggerMessage(226, LogLevel.Warning, "Within a minute clients were refused, or broke off: {Counts}.")]
    public static partial void Refused(ILogger logger, string counts);

    [LoggerMessage(227, LogLevel.Debug, "A request to {Path} came to nothing, for what its client did.")]
    public static partial void ClientFault(ILogger logger, string? path, Exception exception);

    [LoggerMessage(228, LogLevel.Error, "A page of room {Room} could not be read.")]
    public static partial void PageFailed(ILogger logger, string room, Exception exception);

    [LoggerMessage(225, LogLevel.Debug, "Peer {Peer} has gone: {Code} {Text}")]
    public static partial void PeerDisconnected(ILogger logger, string peer, ushort code, string text);
}
