namespace Kodama.Client;

/// <summary>Some of what was said in a room, in order.</summary>
public sealed class HistoryPage
{
    private readonly Func<RoomPosition, CancellationToken, Task<HistoryPage>> readNext;

    internal HistoryPage(
        IReadOnlyList<RoomMessage> messages, RoomPosition position, bool hasMore, bool isGap,
        Func<RoomPosition, CancellationToken, Task<HistoryPage>> readNext)
    {
        Messages = messages;
        Position = position;
        HasMore = hasMore;
        IsGap = isGap;
        this.readNext = readNext;
    }

    /// <summary>In the room's order, whichever way the pages go; perhaps none, and more in the next.</summary>
    public IReadOnlyList<RoomMessage> Messages { get; }

    /// <summary>From where a next page in the same direction goes on.</summary>
    public RoomPosition Position { get; }

    /// <summary>Whether there is a next one.</summary>
    public bool HasMore { get; }

    /// <summary>Whether some are gone that it would have had.</summary>
    public bool IsGap { get; }

    /// <summary>The next page in the same direction.</summary>
    /// <exception cref="RequestRefusedException">The hub does not give it.</exception>
    /// <exception cref="NotConnectedException">The room was left, or the client has ended.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<HistoryPage> ReadNextAsync(CancellationToken cancellationToken = default) => readNext(Position, cancellationToken);
}
