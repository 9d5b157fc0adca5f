namespace Kodama.Server;

/// <summary>
/// A page of a room's messages, bounded in bytes as well: read in small steps, so that nobody makes the hub copy a whole log at once.
/// </summary>
/// <param name="Messages">In order.</param>
/// <param name="Next">From where a next page in the same direction goes on.</param>
/// <param name="IsGap">Whether messages that it would have had are gone.</param>
/// <param name="HasMore">Whether there are more in this direction.</param>
internal sealed record V1Page(IReadOnlyList<Entry> Messages, Position Next, bool IsGap, bool HasMore)
{
    private const int Step = 50;

    /// <summary>Up to so many messages behind a position.</summary>
    public static async ValueTask<V1Page> ReadAfterAsync(Room room, Position after, int most)
    {
        var messages = new List<Entry>();
        var isGap = after.Epoch != room.Epoch;
        var next = isGap ? new Position(room.Epoch, 0) : after;
        for (var bytes = 0L; ;)
        {
            var page = await room.ReadAsync(next.Offset, Math.Min(Step, most - messages.Count));
            foreach (var entry in page.Entries)
            {
                if (entry.Kind != EntryKind.Message) continue;
                messages.Add(entry);
                bytes += entry.Size;
            }
            isGap |= page.IsGap;
            next = page.UpTo;
            if (!page.HasMore || messages.Count >= most || bytes >= V1Limits.PageBytes)
                return new V1Page(messages, next, isGap, page.HasMore);
        }
    }

    /// <summary>Up to so many messages before a position, or the newest.</summary>
    public static async ValueTask<V1Page> ReadBeforeAsync(Room room, Position? before, int most)
    {
        // Of another life of the log nothing is left.
        if (before is { } position && position.Epoch != room.Epoch)
            return new V1Page([], new Position(room.Epoch, 0), IsGap: true, HasMore: false);
        var messages = new List<Entry>();
        var next = before?.Offset ?? long.MaxValue;
        for (var bytes = 0L; ;)
        {
            var page = await room.ReadBeforeAsync(next, Math.Min(Step, most - messages.Count));
            // Where all of a step have an audience, nothing tells how far it went: a larger one goes further.
            if (page is { Entries.Count: 0, HasMore: true }) page = await room.ReadBeforeAsync(next, V1Limits.Page);
            messages.InsertRange(0, page.Entries);
            foreach (var entry in page.Entries) bytes += entry.Size;
            next = page.Entries is [var first, ..] ? first.Offset : 0;
            var hasMore = page.HasMore && next > 0;
            if (hasMore && messages.Count < most && bytes < V1Limits.PageBytes) continue;
            return new V1Page(messages, new Position(room.Epoch, next), page.IsGap, hasMore);
        }
    }
}
