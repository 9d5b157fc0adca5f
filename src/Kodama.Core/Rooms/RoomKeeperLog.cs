using Microsoft.Extensions.Logging;

namespace Kodama;

internal static partial class RoomKeeperLog
{
    [LoggerMessage(120, LogLevel.Error, "Room {Room} could not be looked after; it is tried again in a second.")]
    public static partial void SweepFailed(ILogger logger, string room, Exception exception);
}
