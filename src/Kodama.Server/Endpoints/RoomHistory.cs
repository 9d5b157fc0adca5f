namespace Kodama.Server;

/// <summary>A page of what a room keeps, one way or the other, as clients ask for it: by positions.</summary>
internal static class RoomHistory
{
    /// <summary>The messages behind a position, or before one; the newest, where there is neither.</summary>
    public static ValueTask<EntryPage> ReadAsync(
        Room room, Position? before, Position? after, int most, long mostBytes, CancellationToken cancellationToken)
    {
        // A position of another epoch lies nowhere: behind it is what there is, and before it nothing any more.
        if (after is { } start)
            return room.ReadMessagesAsync(start.Epoch == room.Epoch ? start.Offset : long.MaxValue, most, mostBytes, cancellationToken);
        if (before is { } end && end.Epoch != room.Epoch)
        {
            var nowhere = new Position(room.Epoch, 0);
            return new(new EntryPage([], nowhere, nowhere, IsGap: true, HasMore: false));
        }
        return room.ReadBeforeAsync(before?.Offset ?? long.MaxValue, most, mostBytes, cancellationToken);
    }
}
