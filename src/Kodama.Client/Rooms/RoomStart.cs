using System.Text.Json;

namespace Kodama.Client;

/// <summary>With what a room begins for who joins it.</summary>
public readonly struct RoomStart
{
    private readonly RoomPosition? after;
    private readonly DateTimeOffset? since;
    private readonly int last;

    private RoomStart(RoomPosition? after, DateTimeOffset? since, int last)
    {
        this.after = after;
        this.since = since;
        this.last = last;
    }

    /// <summary>With what happens from now on. The default.</summary>
    public static RoomStart Live => default;

    internal RoomPosition? AfterPosition => after;

    /// <summary>With the last messages that are kept, so many at most.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0.</exception>
    public static RoomStart Last(int messages)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(messages);
        return new(null, null, messages);
    }

    /// <summary>With the messages of that time and later that are kept.</summary>
    public static RoomStart Since(DateTimeOffset time) => new(null, time, 0);

    /// <summary>With what came after this position; a <see cref="RoomGap"/> comes first where that is not all there.</summary>
    public static RoomStart After(RoomPosition position) => new(position, null, 0);

    internal void Write(Utf8JsonWriter writer)
    {
        if (after is { } position) writer.WriteString("after"u8, position.ToString());
        else if (since is { } time) writer.WriteNumber("since"u8, time.ToUnixTimeMilliseconds());
        else if (last > 0) writer.WriteNumber("last"u8, last);
    }
}
