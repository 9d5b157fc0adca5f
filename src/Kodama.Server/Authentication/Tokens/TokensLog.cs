using Microsoft.Extensions.Logging;

namespace Kodama.Server;

internal static partial class TokensLog
{
    [LoggerMessage(250, LogLevel.Error, "{Folder}: which tokens were revoked cannot be read; those that were before still are.")]
    public static partial void Unreadable(ILogger logger, string folder, Exception exception);
}
