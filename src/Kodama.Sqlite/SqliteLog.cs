using Microsoft.Extensions.Logging;

namespace Kodama.Sqlite;

internal static partial class SqliteLog
{
    [LoggerMessage(600, LogLevel.Error, "{Count} entries could not be kept: {Why}")]
    public static partial void NotKept(ILogger logger, int count, string why);

    [LoggerMessage(601, LogLevel.Error,
        "It is not known whether {Count} entries were kept: {Why} They wait until the file can be read again.")]
    public static partial void OutcomeUnknown(ILogger logger, int count, string why);

    [LoggerMessage(602, LogLevel.Warning, "The file could be opened again: {Kept} entries were kept, {Lost} were not.")]
    public static partial void OutcomeFound(ILogger logger, int kept, int lost);

    [LoggerMessage(603, LogLevel.Error, "What was kept of room {Room} could not be handed out.")]
    public static partial void DeliveryFailed(ILogger logger, string room, Exception exception);

    [LoggerMessage(605, LogLevel.Error, "The log could not be shortened; it goes on growing: {Why}")]
    public static partial void CheckpointFailed(ILogger logger, string why);

    [LoggerMessage(607, LogLevel.Warning,
        "{Path} can be read by other users of this machine ({Rights}), and with it all rooms and the key of the sessions: chmod 600.")]
    public static partial void ReadableByOthers(ILogger logger, string path, UnixFileMode rights);

    [LoggerMessage(606, LogLevel.Error, "Not all peers could be flushed.")]
    public static partial void FlushFailed(ILogger logger, Exception exception);

    [LoggerMessage(604, LogLevel.Error, "What is too old could not be removed: {Why}")]
    public static partial void SweepFailed(ILogger logger, string why);
}
