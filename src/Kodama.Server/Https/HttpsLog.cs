using Microsoft.Extensions.Logging;

namespace Kodama.Server;

internal static partial class HttpsLog
{
    [LoggerMessage(280, LogLevel.Information, "The certificate is renewed: it is for {Count} addresses of this machine.")]
    public static partial void Renewed(ILogger logger, int count);

    [LoggerMessage(281, LogLevel.Error, "The certificate could not be renewed; the last one stays.")]
    public static partial void RenewalFailed(ILogger logger, Exception exception);
}
