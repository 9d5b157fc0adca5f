namespace Kodama.Server;

/// <summary>A page of what a room keeps, one way or the other, as clients ask for it: by positions.</summary>
internal static class RoomHistory
{
    /// <summary>The messages behind a position, or before one; the newest, where there is neither.</summary>
    /// <exception cref="EngineException">What is kept, or whether this hub is as far, cannot be known now.</exception>
    public static async ValueTask<EntryPage> ReadAsync(
        Room room, Position? before, Position? after, int most, long mostBytes, CancellationToken cancellationToken)
    {
        // Another hub may have told it.
        if ((after ?? before) is { } told && !await room.CatchUpAsync(Start.After(told), cancellationToken))
            throw new EngineException($"Room {room.Name} is behind {told} here, and cannot catch up now.");
        // A position of another epoch lies nowhere: behind it is what there is, and before it nothing any more.
        if (after is { } start)
        {
            var behind = start.Epoch == room.Epoch ? start.Offset : long.MaxValue;
            return await room.ReadMessagesAsync(behind, most, mostBytes, cancellationToken);
        }
        if (before is { } end && end.Epoch != room.Epoch)
        {
            var nowhere = new Position(room.Epoch, 0);
            return new EntryPage([], nowhere, nowhere, IsGap: true, HasMore: false);
        }
        return await room.ReadBeforeAsync(before?.Offset ?? long.MaxValue, most, mostBytes, cancellationToken);
    }
}
