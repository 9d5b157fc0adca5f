using Microsoft.Extensions.Logging;

namespace Kodama.Pusher;

internal static partial class PusherLog
{
    [LoggerMessage(700, LogLevel.Warning, "Webhook {Url} of Pusher app {App}: {Problem} It is tried again in {Delay}.")]
    public static partial void WebhookFailed(ILogger logger, string url, string app, string problem, TimeSpan delay);

    [LoggerMessage(701, LogLevel.Error, "Webhook {Url} of Pusher app {App}: {Count} events are lost, as nobody has taken them.")]
    public static partial void WebhooksLost(ILogger logger, string url, string app, int count);

    [LoggerMessage(702, LogLevel.Error, "Webhooks cannot be kept in {File}: they do not outlive this process.")]
    public static partial void WebhooksNotKept(ILogger logger, string file, Exception exception);

    [LoggerMessage(703, LogLevel.Warning,
        "The Pusher door has no app: nobody can come in by it. Add one (PusherOptions.Apps, Kodama:Pusher:Apps).")]
    public static partial void NoApps(ILogger logger);

    [LoggerMessage(704, LogLevel.Error, "Cached events that are too old could not be removed.")]
    public static partial void NotExpired(ILogger logger, Exception exception);

    [LoggerMessage(705, LogLevel.Error,
        "Webhooks are not told that user {User} has come to or gone from {Room}: {Most} wait for the cluster.")]
    public static partial void NotNoted(ILogger logger, string user, string room, int most);

    [LoggerMessage(706, LogLevel.Error, "What webhooks are to be told could not be learned from the cluster.")]
    public static partial void NotLearned(ILogger logger, Exception exception);

    // What it has for a password, or in its query, is nobody's who reads logs.
    public static string Shown(Uri url) =>
        url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
