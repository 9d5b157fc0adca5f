using Microsoft.Extensions.Logging;

namespace Kodama.Redis;

internal static partial class RedisLog
{
    [LoggerMessage(650, LogLevel.Error, "{Why} Nothing new is kept until it is back; peers stay.")]
    public static partial void Down(ILogger logger, string why);

    [LoggerMessage(651, LogLevel.Warning, "Redis at {Address} is back after {Seconds} s.")]
    public static partial void Up(ILogger logger, string address, long seconds);

    [LoggerMessage(652, LogLevel.Warning,
        "Redis at {Address} is another, or was restarted: where it has lost what was acknowledged, clients are told of a gap.")]
    public static partial void NewGeneration(ILogger logger, string address);

    [LoggerMessage(653, LogLevel.Warning, "{What}")]
    public static partial void MayLose(ILogger logger, string what);

    [LoggerMessage(654, LogLevel.Error, "{Count} entries of room {Room} were not kept: {Why}")]
    public static partial void NotKept(ILogger logger, int count, string room, string why);

    [LoggerMessage(655, LogLevel.Error, "An entry at {Offset} of room {Room} in Redis cannot be read: nobody gets it.")]
    public static partial void Unreadable(ILogger logger, long offset, string room);

    [LoggerMessage(656, LogLevel.Error, "What Redis has kept of room {Room} could not be handed out.")]
    public static partial void DeliveryFailed(ILogger logger, string room, Exception exception);

    [LoggerMessage(657, LogLevel.Debug, "Room {Room} goes on in another epoch.")]
    public static partial void EpochEnded(ILogger logger, string room);

    [LoggerMessage(658, LogLevel.Warning, "Hub {Hub} of the cluster is gone: {Count} members and bound keys of its are taken out.")]
    public static partial void HubGone(ILogger logger, string hub, int count);

    [LoggerMessage(659, LogLevel.Error, "What is done from time to time has failed.")]
    public static partial void UpkeepFailed(ILogger logger, Exception exception);

    [LoggerMessage(660, LogLevel.Error, "A script of Kodama has failed in Redis: {Why}")]
    public static partial void ScriptFailed(ILogger logger, string why);

    [LoggerMessage(661, LogLevel.Error, "What hub {Hub} has told (kind {Kind}) could not be done.")]
    public static partial void TellingFailed(ILogger logger, byte kind, string hub, Exception exception);
}
