using Microsoft.Extensions.Logging;

namespace Kodama.Server;

internal static partial class TokensLog
{
    [LoggerMessage(250, LogLevel.Error, "{Folder}: which tokens were revoked cannot all be read; those that were before still are.")]
    public static partial void Unreadable(ILogger logger, string folder, Exception exception);

    [LoggerMessage(251, LogLevel.Error, "Who holds a token that has ended could not be disconnected.")]
    public static partial void NotEnded(ILogger logger, Exception exception);

    [LoggerMessage(252, LogLevel.Error,
        "{Folder}: what was revoked at another hub could not be written; it counts until this one starts again.")]
    public static partial void NotKept(ILogger logger, string folder, Exception exception);
}
