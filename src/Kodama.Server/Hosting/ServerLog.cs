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

    [LoggerMessage(230, LogLevel.Warning,
        "A client at {Address} was refused: it gave this hub the name \"{Name}\". If that is the hub's: {Option} (AllowedHosts).")]
    public static partial void HostRefused(ILogger logger, string name, System.Net.IPAddress? address, string option);

    [LoggerMessage(231, LogLevel.Warning,
        "A page of {Origin} was refused, in a browser at {Address}. If such pages may use this hub: {Option} (AllowedOrigins).")]
    public static partial void OriginRefused(ILogger logger, string origin, System.Net.IPAddress? address, string option);

    [LoggerMessage(232, LogLevel.Warning,
        "A page of no host was refused, in a browser at {Address}: of a file, or of a frame that may do little. "
            + "If all such pages, whoever wrote them, may use this hub: --origin null (AllowedOrigins).")]
    public static partial void NullOriginRefused(ILogger logger, System.Net.IPAddress? address);

    [LoggerMessage(233, LogLevel.Warning,
        "A page of another host was refused, in a browser at {Address} that does not say whose it is. "
            + "With CORS it would, and could be allowed: --origin (AllowedOrigins).")]
    public static partial void PageRefused(ILogger logger, System.Net.IPAddress? address);

    [LoggerMessage(234, LogLevel.Warning,
        "A client at {Address} was not let in: {Reason} What lets clients in: {Way}, and links that hold it.")]
    public static partial void ClientRefused(ILogger logger, System.Net.IPAddress? address, string reason, string way);

    [LoggerMessage(235, LogLevel.Warning, "A client at {Address} may not run this hub: {Reason}")]
    public static partial void AdminRefused(ILogger logger, System.Net.IPAddress? address, string reason);

    [LoggerMessage(225, LogLevel.Debug, "Peer {Peer} has gone: {Code} {Text}")]
    public static partial void PeerDisconnected(ILogger logger, string peer, ushort code, string text);
}
