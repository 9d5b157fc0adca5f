using Microsoft.Extensions.Logging;

namespace Kodama;

internal static partial class RulesLog
{
    [LoggerMessage(110, LogLevel.Error, "Validator {Validator} failed; the peer is refused.")]
    public static partial void ValidatorFailed(ILogger logger, string validator, Exception exception);

    [LoggerMessage(111, LogLevel.Error, "Filter {Filter} failed on a message of peer {Peer}; the message is dropped.")]
    public static partial void FilterFailed(ILogger logger, string filter, string? peer, Exception exception);

    [LoggerMessage(112, LogLevel.Error, "Rule {Rule} failed when it was told of peer {Peer}.")]
    public static partial void EventFailed(ILogger logger, string rule, string peer, Exception exception);

    [LoggerMessage(115, LogLevel.Error, "Room rule {Rule} failed when it was asked about peer {Peer} and room {Room}; nothing is granted.")]
    public static partial void RoomRuleFailed(ILogger logger, string rule, string peer, string room, Exception exception);
}
