using Microsoft.Extensions.Logging;

namespace Kodama;

internal static partial class HubLog
{
    [LoggerMessage(117, LogLevel.Error, "What is kept of room {Room} cannot be opened; who asked for it is told that it is unavailable.")]
    public static partial void RoomUnavailable(ILogger logger, string room, Exception exception);

    [LoggerMessage(118, LogLevel.Error, "The connection of peer {Peer} could not be told to send; what waits for it may stay.")]
    public static partial void FlushFailed(ILogger logger, string peer, Exception exception);
}
