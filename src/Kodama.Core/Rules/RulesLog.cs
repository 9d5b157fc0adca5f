using Microsoft.Extensions.Logging;

namespace Kodama;

internal static partial class RulesLog
{
    [LoggerMessage(110, LogLevel.Error, "Validator {Validator} failed; the peer is refused.")]
    public static partial void ValidatorFailed(ILogger logger, string validator, Exception exception);

    [LoggerMessage(111, LogLevel.Error, "Filter {Filter} failed on a message of peer {Peer}; the message is dropped.")]
    public static partial void FilterFailed(ILogger logger, string filter, string? peer, Exception exception);

    [LoggerMessage(113, LogLevel.Error, "Peer {Peer} could not be brought up to date; it is disconnected.")]
    public static partial void CatchUpFailed(ILogger logger, string peer, Exception exception);

    [LoggerMessage(114, LogLevel.Error, "Entry {Offset} of room {Room} is kept, but could not be handed out to all.")]
    public static partial void HandOutFailed(ILogger logger, string room, long offset, Exception exception);

    [LoggerMessage(115, LogLevel.Error, "Room rule {Rule} failed when it was asked about peer {Peer} and room {Room}; nothing is granted.")]
    public static partial void RoomRuleFailed(ILogger logger, string rule, string peer, string room, Exception exception);

    [LoggerMessage(116, LogLevel.Error, "Entry {Offset} of room {Room} could not be written by {Format}; its readers miss it.")]
    public static partial void EntrySkipped(ILogger logger, long offset, string room, string format, Exception exception);

    [LoggerMessage(112, LogLevel.Error, "Rule {Rule} failed when it was told of peer {Peer}.")]
    public static partial void EventFailed(ILogger logger, string rule, string peer, Exception exception);
}
