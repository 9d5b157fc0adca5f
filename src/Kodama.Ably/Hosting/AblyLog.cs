using Microsoft.Extensions.Logging;

namespace Kodama.Ably;

internal static partial class AblyLog
{
    [LoggerMessage(720, LogLevel.Warning,
        "The Ably door has no key: nobody can come in by it. Add one (AblyOptions.Keys, Kodama:Ably:Keys).")]
    public static partial void NoKeys(ILogger logger);

    [LoggerMessage(721, LogLevel.Error, "What the Ably door does each second has failed; it is done again.")]
    public static partial void TickFailed(ILogger logger, Exception exception);

    [LoggerMessage(722, LogLevel.Warning, "The Ably sandbox is on: whoever can reach the hub can make apps in it (--ably-sandbox).")]
    public static partial void SandboxOpen(ILogger logger);

    [LoggerMessage(723, LogLevel.Error, "A request of Ably's API has failed: {Method} {Path}")]
    public static partial void RequestFailed(ILogger logger, string method, string path, Exception exception);
}
