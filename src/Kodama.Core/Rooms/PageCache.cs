namespace Kodama;

/// <summary>The pages that were encoded last, for those who catch up together. Guarded by the room's lock.</summary>
internal sealed class PageCache
{
    private const int Most = 8;

    private readonly Cached[] pages = new Cached[Most];
    private int next;

    /// <summary>The page behind this offset as this format writes it; the caller owns a reference.</summary>
    public bool TryGet(long after, IMessageEncoder encoder, bool presence, bool state, out Frame frame, out long upTo)
    {
        foreach (ref readonly var page in pages.AsSpan())
        {
            if (page.Encoder != encoder || page.After != after || page.Presence != presence || page.State != state) continue;
            page.Frame.Keep();
            (frame, upTo) = (page.Frame, page.UpTo);
            return true;
        }
        (frame, upTo) = (default, 0);
        return false;
    }

    public void Add(long after, long upTo, IMessageEncoder encoder, bool presence, bool state, in Frame frame)
    {
        frame.Keep();
        ref var place = ref pages[next++ % Most];
        place.Frame.Release();
        place = new Cached(after, upTo, encoder, presence, state, frame);
    }

    public void Clear()
    {
        foreach (ref var page in pages.AsSpan())
        {
            page.Frame.Release();
            page = default;
        }
    }

    private readonly record struct Cached(long After, long UpTo, IMessageEncoder? Encoder, bool Presence, bool State, Frame Frame);
}
