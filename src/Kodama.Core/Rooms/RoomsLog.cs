using Microsoft.Extensions.Logging;

namespace Kodama;

internal static partial class RoomsLog
{
    [LoggerMessage(113, LogLevel.Error, "Peer {Peer} could not be brought up to date; it is disconnected.")]
    public static partial void CatchUpFailed(ILogger logger, string peer, Exception exception);

    [LoggerMessage(114, LogLevel.Error, "Entry {Offset} of room {Room} is kept, but could not be handed out to all.")]
    public static partial void HandOutFailed(ILogger logger, string room, long offset, Exception exception);

    [LoggerMessage(116, LogLevel.Error, "Entry {Offset} of room {Room} could not be written by {Format}; its readers miss it.")]
    public static partial void EntrySkipped(ILogger logger, long offset, string room, string format, Exception exception);

    [LoggerMessage(117, LogLevel.Error, "What is kept of room {Room} cannot be opened; who asked for it is told that it is unavailable.")]
    public static partial void RoomUnavailable(ILogger logger, string room, Exception exception);

    [LoggerMessage(118, LogLevel.Error, "The connection of peer {Peer} could not be told to send; what waits for it may stay.")]
    public static partial void FlushFailed(ILogger logger, string peer, Exception exception);

    [LoggerMessage(119, LogLevel.Error, "Who hears of changes of keys has failed at entry {Offset} of room {Room}.")]
    public static partial void KeyListenerFailed(ILogger logger, string room, long offset, Exception exception);

    [LoggerMessage(121, LogLevel.Warning, "{Count} entries of room {Room}, and perhaps more, were told by nobody: sockets miss them.")]
    public static partial void NotInStreams(ILogger logger, long count, string room);

    [LoggerMessage(120, LogLevel.Error, "Room {Room} could not be looked after; it is tried again in a second.")]
    public static partial void SweepFailed(ILogger logger, string room, Exception exception);
}
