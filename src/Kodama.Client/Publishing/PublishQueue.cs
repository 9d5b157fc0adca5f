namespace Kodama.Client.Publishing;

/// <summary>How much may wait to be acknowledged, of all rooms; who comes first gets in first. Used with the client's lock held.</summary>
internal sealed class PublishQueue(int mostCount, long mostBytes, PublishFullMode mode)
{
    private readonly LinkedList<Change> waiting = [];
    private int count;
    private long bytes;

    /// <summary>Takes it, or lets it wait.</summary>
    /// <exception cref="PublishQueueFullException">There is no room, and nobody is to wait.</exception>
    public void Add(Change change)
    {
        if (waiting.Count == 0 && HasRoomFor(change))
        {
            Admit(change);
            return;
        }
        if (mode == PublishFullMode.Throw) throw new PublishQueueFullException(count, bytes);
        waiting.AddLast(change);
    }

    /// <summary>It is decided, or is not wanted any more: others have its share.</summary>
    public void Remove(Change change)
    {
        if (change.IsAdmitted)
        {
            change.IsAdmitted = false;
            count--;
            bytes -= change.Size;
        }
        else
        {
            waiting.Remove(change);
        }
        while (waiting.First?.Value is { } first && HasRoomFor(first))
        {
            waiting.RemoveFirst();
            Admit(first);
        }
    }

    /// <summary>Of those of a room that have no share yet, these; they are forgotten.</summary>
    public IReadOnlyList<Change> RemoveWaiting(ChangeLine line, Func<Change, bool> these)
    {
        var theirs = waiting.Where(c => c.Line == line && these(c)).ToList();
        foreach (var change in theirs) waiting.Remove(change);
        return theirs;
    }

    // One that is larger than all that may wait goes alone.
    private bool HasRoomFor(Change change) => count == 0 || (count < mostCount && bytes + change.Size <= mostBytes);

    private void Admit(Change change)
    {
        change.IsAdmitted = true;
        count++;
        bytes += change.Size;
        change.Line.Enter(change);
    }
}
