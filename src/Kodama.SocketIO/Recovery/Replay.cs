namespace Kodama.SocketIO;

/// <summary>
/// What a socket that is back has missed. It is read a page at a time, and nobody waits for it meanwhile but the socket; what comes behind
/// the last page is read as the socket begins to hear, under the stream's lock.
/// </summary>
/// <param name="stream">Where it is kept.</param>
/// <param name="session">Whose; on its way back.</param>
/// <param name="format">How the socket reads it.</param>
/// <param name="most">Most bytes of it.</param>
internal sealed class Replay(RecoveryStream stream, RecoverySession session, PacketFormat format, int most) : IDisposable
{
    private readonly List<ReadOnlyMemory<byte>> frames = [];
    private Frame joined;
    private long bytes;

    /// <summary>Reads up to the last event. False, where it is not all there any more, or too much.</summary>
    public bool TryRead()
    {
        while (true)
        {
            if (!stream.TryRead(session.Seen, out var page, out var last, out var middle)) return false;
            if (!TryTake(page, middle)) return false;
            if (session.Seen >= last) return true;
        }
    }

    /// <summary>Puts what was read in one piece, while nobody waits for it: however many they were, they are one frame to the
    /// outbox.</summary>
    public void Prepare()
    {
        if (joined.IsEmpty) joined = Join();
    }

    /// <summary>Reads what came since <see cref="TryRead"/>, if that is a page. Null, where it is more.</summary>
    public bool? TryReadRest_NeedsLock()
    {
        if (session.Seen == stream.Last_NeedsLock) return true;
        if (!stream.TryRead_NeedsLock(session.Seen, out var page)) return false;
        if (page.UpTo < stream.Last_NeedsLock) return null;
        return TryTake(page, stream.Middle_NeedsLock);
    }

    /// <summary>Puts all of it into the outbox of the socket's peer.</summary>
    public void Hand_NeedsLock(Outbox outbox)
    {
        if (!joined.IsEmpty) outbox.TryEnqueue(joined, SlowPeerPolicy.Disconnect);
        var rest = Join();
        if (!rest.IsEmpty) outbox.TryEnqueue(rest, SlowPeerPolicy.Disconnect);
        rest.Release();
    }

    public void Dispose() => joined.Release();

    private Frame Join()
    {
        var length = frames.Sum(static frame => frame.Length);
        if (length == 0) return default;
        var whole = Frame.Rent(length);
        var rest = whole.Span;
        foreach (var frame in frames)
        {
            frame.Span.CopyTo(rest);
            rest = rest[frame.Length..];
        }
        frames.Clear();
        return whole;
    }

    private bool TryTake(Page page, long middle)
    {
        foreach (var entry in page.Entries)
        {
            if (!session.IsMeant(AudienceWriter.Split(entry.Payload.Bytes, out var frame), entry.Offset)) continue;
            session.Delivered(entry.Offset, middle);
            frames.Add(format == PacketFormat.MessagePack ? PacketFrame.ToMessagePack(frame.Span) : frame);
            bytes += frame.Length;
            if (bytes > most) return false;
        }
        session.Seen = page.UpTo;
        return true;
    }
}
