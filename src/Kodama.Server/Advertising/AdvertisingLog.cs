using Microsoft.Extensions.Logging;

namespace Kodama.Server;

internal static partial class AdvertisingLog
{
    [LoggerMessage(260, LogLevel.Information, "The hub is found on the network as \"{Name}\", port {Port}.")]
    public static partial void Advertised(ILogger logger, string name, int port);

    [LoggerMessage(
        261, LogLevel.Warning,
        "Another hub on the network is called \"{Wanted}\" already: "
            + "this one is found as \"{Name}\". A name of its own keeps the two apart.")]
    public static partial void Renamed(ILogger logger, string wanted, string name);

    [LoggerMessage(
        262, LogLevel.Warning,
        "The hub cannot be found by its name, only by its address: advertising port {Port} by mDNS failed: {Reason}")]
    public static partial void Failed(ILogger logger, int port, string reason);

    [LoggerMessage(265, LogLevel.Warning, "{Message}")]
    public static partial void Survived(ILogger logger, string message);

    [LoggerMessage(263, LogLevel.Warning, "Port {Port} speaks https but shows no certificate: it is not advertised.")]
    public static partial void NoCertificate(ILogger logger, int port);

    [LoggerMessage(264, LogLevel.Warning, "The goodbye to the network failed: others may see the hub for two minutes more: {Reason}")]
    public static partial void GoodbyeFailed(ILogger logger, string reason);
}
