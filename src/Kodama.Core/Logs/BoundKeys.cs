namespace Kodama;

/// <summary>
/// Entries of the state that go with their authors, and members under other names than their author's, so that who leaves finds its own.
/// Guarded by the room's lock.
/// </summary>
internal sealed class BoundKeys
{
    /// <summary>About what an author's first key takes here; more of its keys take less.</summary>
    public const int Cost = 384;

    private readonly Dictionary<string, HashSet<Entry>> authors = new(StringComparer.Ordinal);

    /// <summary>Whether an entry is one of these.</summary>
    public static bool Holds(Entry entry) =>
        entry is { IsBound: true, Action: not EntryAction.Remove, Author: not null }
        && (entry.Kind == EntryKind.State || entry.Key != entry.Author.Id);

    public void Add(Entry entry)
    {
        if (!authors.TryGetValue(entry.Author!.Id, out var entries)) authors[entry.Author.Id] = entries = [];
        entries.Add(entry);
    }

    public void Remove(Entry entry)
    {
        if (authors.GetValueOrDefault(entry.Author!.Id) is not { } entries) return;
        entries.Remove(entry);
        if (entries.Count == 0) authors.Remove(entry.Author.Id);
    }

    public IReadOnlyCollection<Entry> Of(string author) => authors.GetValueOrDefault(author) ?? [];
}
