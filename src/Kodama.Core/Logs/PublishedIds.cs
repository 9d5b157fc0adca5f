namespace Kodama;

/// <summary>
/// What a room answers to ids (docs/specs/log.md, Ids): what was published before is not again, and what could not be kept comes before
/// what is behind it. Guarded by the room's lock.
/// </summary>
internal sealed class PublishedIds(Room room)
{
    private readonly IdWindow window = room.Log.Ids;

    // By author, the first of its ids that could not be kept.
    private Dictionary<string, string>? failed;

    /// <summary>What was published under its id before, or why it may not be; null for what is to be published.</summary>
    public PublishResult? Find(in Publication publication)
    {
        var id = publication.Id!.Value;
        // What a bound key has become since, at another hub too, a store that decides knows.
        var isItsMatter = room.Decides && publication.Change is { Entry.IsBound: true };
        if (!isItsMatter && window.Find(publication.Scope, id.Value) is { } known) return FindKnown(known, publication);
        if (id.FirstSeen is { } seen && !room.Decides
            && (seen.Epoch != room.Epoch || seen.Offset > room.Log.Last || seen.Offset < window.ForgottenOf(publication.Scope)))
        {
            return PublishResult.Refused(
                RefusalCode.OutcomeUnknown,
                "It is not known whether this was published before: send it under a new id if it may come twice.");
        }
        if (failed?.GetValueOrDefault(publication.Scope) is not { } first) return null;
        if (first != id.Value)
            return PublishResult.Refused(RefusalCode.NotInOrder, $"Id \"{first}\" could not be kept: send it again first.");
        // Taken now, it would let pass what is refused behind it before the author has learned of that.
        return window.UnderWay(publication.Scope) == 0
            ? null
            : PublishResult.Refused(
                RefusalCode.NotKept, "What came behind it could not be kept either, and is being refused still: send it again.");
    }

    /// <summary>The same, for what gets its place now.</summary>
    public PublishResult? Take(in Publication publication)
    {
        if (Find(publication) is { } found) return found;
        if (!window.HasPlaceFor(publication.Scope))
        {
            return PublishResult.Refused(
                RefusalCode.Busy,
                $"As many ids are under way as room {room.Name} remembers, {IdWindow.MostOfAuthor} of an author: wait for an answer.");
        }
        // What could not be kept is here again: whatever becomes of it now, it holds up nothing more.
        failed?.Remove(publication.Scope);
        return null;
    }

    /// <summary>It has its place, or waits for the engine.</summary>
    public void Add(in Publication publication, long offset, Task<PublishResult>? pending) =>
        window.Add(
            publication.Scope, publication.Id!.Value.Value, new(publication.Digest, offset, pending), room.Hub.Time.GetTimestamp());

    /// <summary>The engine has decided on an entry with an id.</summary>
    /// <param name="entry">Which.</param>
    /// <param name="offset">Where it is; 0 for nowhere.</param>
    /// <param name="hasFailed">Whether it could not be kept.</param>
    public void Settle(Entry entry, long offset, bool hasFailed)
    {
        var author = entry.Author?.Id ?? "";
        window.Settle(entry.Scope ?? author, entry.Id!, offset);
        // Whoever has left since begins anew.
        if (hasFailed && entry.Scope is null && IsHere(author)) (failed ??= new(StringComparer.Ordinal)).TryAdd(author, entry.Id!);
    }

    /// <summary>The log is another by now: what was published in the one before is not known any more.</summary>
    public void Renew() => window.ForgetSettled();

    /// <summary>A filter has dropped what comes under its id: if it is what could not be kept before, it holds up nothing more.</summary>
    public void Dropped(in Publication publication)
    {
        if (failed?.GetValueOrDefault(publication.Scope) == publication.Id!.Value.Value) failed.Remove(publication.Scope);
    }

    /// <summary>The author has left, unless it is here by another connection: what of its could not be kept holds up nothing.</summary>
    public void Forget(string author)
    {
        if (failed is not null && !IsHere(author)) failed.Remove(author);
    }

    private PublishResult? FindKnown(IdWindow.Known known, in Publication publication)
    {
        if (known.Digest != publication.Digest)
        {
            return PublishResult.Refused(
                RefusalCode.IdReused, $"Id \"{publication.Id!.Value.Value}\" was given to another content: take a new one.");
        }
        if (publication.Change is { } change)
        {
            if (!known.IsUnderWay && room.Publisher.Keys_NeedsLock.IsTakenBack(change.Entry)) return null;
            change.TakeOver?.Invoke();
        }
        return new PublishResult(known.Offset, 0) { Pending = known.Pending, IsDuplicate = true };
    }

    // By whichever connection.
    private bool IsHere(string author) => room.Hub.FindPeer(author)?.IsIn(room) == true;
}
