using Microsoft.Extensions.Logging;

namespace Kodama.Server;

internal static partial class ChannelLog
{
    [LoggerMessage(240, LogLevel.Error, "A WebSocket handler failed; its connection ends.")]
    public static partial void Failed(ILogger logger, Exception exception);
}
