namespace Kodama;

/// <summary>
/// Encoded pages, for those who catch up at about the same time: a crowd reads a long log in which each is somewhere else. Within what the
/// hub has for all rooms; where that is spent, the newest take the place of the room's oldest. Guarded by the room's lock.
/// </summary>
internal sealed class PageCache(OutboxBudget budget)
{
    /// <summary>Bytes that the pages of all rooms of a hub take at most.</summary>
    public const long MostBytes = 16 * 1024 * 1024;

    private readonly Dictionary<PageKey, Cached> pages = [];
    private readonly Queue<PageKey> order = [];

    /// <summary>This page, if it is still as it would be made with this head of the log; the caller owns a reference.</summary>
    public bool TryGet(in PageKey key, long head, out Frame frame, out long upTo)
    {
        (frame, upTo) = (default, 0);
        // One that ended where the log did is not to be had in pieces: who comes now reads on to where it ends now.
        if (!pages.TryGetValue(key, out var page) || (!page.IsWhole && page.UpTo < head)) return false;
        page.Frame.Keep();
        (frame, upTo) = (page.Frame, page.UpTo);
        return true;
    }

    /// <summary>Keeps a page, if there is place.</summary>
    /// <param name="key">Which it is.</param>
    /// <param name="upTo">The last offset that it covers.</param>
    /// <param name="isWhole">Whether more entries would not make it longer.</param>
    /// <param name="frame">What it is; the cache takes a reference of its own.</param>
    public void Add(in PageKey key, long upTo, bool isWhole, in Frame frame)
    {
        if (pages.Remove(key, out var earlier)) Release(earlier.Frame);
        else order.Enqueue(key);
        while (!budget.TryTake(frame.Length))
        {
            if (!order.TryDequeue(out var oldest)) return;
            if (pages.Remove(oldest, out var displaced)) Release(displaced.Frame);
        }
        frame.Keep();
        pages[key] = new Cached(upTo, isWhole, frame);
    }

    public void Clear()
    {
        foreach (var page in pages.Values) Release(page.Frame);
        pages.Clear();
        order.Clear();
    }

    private void Release(in Frame frame)
    {
        budget.Return(frame.Length);
        frame.Release();
    }

    private readonly record struct Cached(long UpTo, bool IsWhole, Frame Frame);
}

/// <summary>Which page, and for whom: what lies behind an offset, as a format writes it, with changes of these keys or without.</summary>
internal readonly record struct PageKey(long After, IMessageEncoder Encoder, bool Presence, bool State);
