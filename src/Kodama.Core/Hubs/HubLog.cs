using Microsoft.Extensions.Logging;

namespace Kodama;

internal static partial class HubLog
{
    [LoggerMessage(117, LogLevel.Error, "What is kept of room {Room} cannot be opened; who asked for it is told that it is unavailable.")]
    public static partial void RoomUnavailable(ILogger logger, string room, Exception exception);
}
