namespace Kodama.Ably;

/// <summary>Single entries of a room's log.</summary>
internal static class RoomEntries
{
    /// <summary>The entry at this place; null, where the room has let it go.</summary>
    public static async ValueTask<Entry?> ReadAtAsync(this Room room, long offset)
    {
        var page = await room.ReadNotedAsync(offset - 1, 1, long.MaxValue);
        return page.Entries is [{ } entry] && entry.Offset == offset ? entry : null;
    }
}
